using System.Globalization;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>Costs side by side: a panel for each kind, a bar for each thing, the figure beside it.</summary>
/// <param name="Title">What the chart is.</param>
/// <param name="Description">What it shows.</param>
/// <param name="Panels">The kinds.</param>
internal sealed record CostBars(string Title, string Description, IReadOnlyList<CostPanel> Panels)
{
    private const double NarrowestPanel = 200;
    private const double NarrowestHere = 150;
    private const double Between = 32;
    private const double Thickness = 5;

    public Scene Draw(ChartSize size)
    {
        var narrowest = size.IsNarrow ? NarrowestHere : NarrowestPanel;
        var between = size.IsNarrow ? Between / 2 : Between;
        var columns = Math.Clamp((int)((size.Width + between) / (narrowest + between)), 1, Math.Max(1, Panels.Count));
        columns = Even(columns);
        var width = (size.Width - (between * (columns - 1))) / columns;
        List<SceneElement> elements = [];
        var top = 0.0;
        foreach (var row in Panels.Chunk(columns))
        {
            for (var i = 0; i < row.Length; i++)
            {
                elements.Add(new SceneGroup(Panel(size, row[i], width))
                {
                    OffsetX = i * (width + between),
                    OffsetY = top,
                });
            }

            top += (row.Max(p => p.Bars.Count) * Pitch(size)) + (size.Line * (size.IsTerminal ? 2 : 2.75));
        }

        return new Scene(size.Width, Math.Max(size.Line, top - (size.Line * 0.9)), Title, Description, elements);
    }

    // Rows of equal length look better than a long one and a rest.
    private int Even(int columns)
    {
        var rows = Math.Max(1, (int)Math.Ceiling(Panels.Count / (double)columns));
        return Math.Max(1, (int)Math.Ceiling(Panels.Count / (double)rows));
    }

    private static double Pitch(ChartSize size) => size.IsTerminal ? size.Line * 2 : size.FontSize + Thickness + 16;

    private static List<SceneElement> Panel(ChartSize size, CostPanel panel, double width)
    {
        List<SceneElement> elements =
        [
            new SceneText(
                new ScenePoint(0, size.Line * 0.8),
                size.Fit(panel.Title, width, isBold: true),
                ColorRole.Ink,
                size.FontSize)
            { IsBold = true },
        ];
        var most = panel.Bars.Select(b => b.Value).Where(IsSound).DefaultIfEmpty(0).Max();
        for (var i = 0; i < panel.Bars.Count; i++)
        {
            var (bar, y) = (panel.Bars[i], (size.Line * (size.IsTerminal ? 1.5 : 1.95)) + (i * Pitch(size)));
            var figure = IsSound(bar.Value) ? panel.Format(bar.Value) : "n/a";
            var name = size.Fit(bar.Name, width - size.TextWidth(figure, isBold: true) - 10);
            var line = y + (size.IsTerminal ? size.Line / 2 : (size.FontSize * 0.5) + 6);
            var share = most > 0 && IsSound(bar.Value) ? bar.Value / most : 0;
            var height = size.IsTerminal ? size.Line : Thickness;
            elements.Add(new SceneGroup(
            [
                new SceneText(new ScenePoint(0, y + (size.FontSize * 0.35)), name, ColorRole.Muted, size.FontSize),
                new SceneText(
                    new ScenePoint(width, y + (size.FontSize * 0.35)), figure, ColorRole.Ink, size.FontSize)
                { IsBold = true, Anchor = TextAnchor.End },
                new SceneRect(0, line, width, height, ColorRole.Track) { Radius = height / 2 },
                new SceneRect(
                    0, line, Math.Max(share > 0 ? 2 : 0, width * share), height, SeriesStyle.Of(bar.Index).Line)
                {
                    Radius = height / 2,
                    Tooltip = $"{LabelText.Clean(bar.Name)}: {figure}",
                },
            ])
            {
                Key = "m" + bar.Index.ToString(CultureInfo.InvariantCulture),
            });
        }

        return elements;
    }

    private static bool IsSound(double value) => double.IsFinite(value) && value >= 0;
}
