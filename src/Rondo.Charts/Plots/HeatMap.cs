using Rondo.Charts.Scales;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>
/// Latency over time: a column for each step of time, a row for each part of a doubling of the latency, and the darker
/// the more requests. A step of colour is a multiple of the count, so that the few slow ones stay visible.
/// </summary>
/// <param name="Title">What the chart is.</param>
/// <param name="Description">What it shows.</param>
/// <param name="Name">What stands above it; anything.</param>
/// <param name="Step">The width of a column in seconds, as the samples have it.</param>
/// <param name="Samples">In any order.</param>
internal sealed record HeatMap(
    string Title, string Description, string Name, double Step, IReadOnlyList<HeatSample> Samples)
{
    private const int MostColumns = 120;
    private const int MostRows = 36;
    private const int MostPerDoubling = 4;
    private const double KeyStep = 13;

    // Rows end at powers of two of it, as counts by powers of two do.
    private const double Microsecond = 1e-6;

    /// <summary>
    /// Rows for each doubling of the latency, as the samples have them; null for as many as there is room.
    /// </summary>
    public int? RowsPerDoubling { get; init; }

    /// <summary>What lies along it.</summary>
    public string TimeTitle { get; init; } = "";

    /// <summary>What stands above it at the right.</summary>
    public string? Note { get; init; }

    /// <summary>Latencies that its axis reaches to in any case, so that several maps can be compared.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>Times that its axis reaches to in any case.</summary>
    public double Length { get; init; }

    public Scene Draw(ChartSize size)
    {
        var samples = Samples
            .Where(s => s is { Time: >= 0, Seconds: > 0, Count: > 0 } && double.IsFinite(s.Time + s.Seconds))
            .ToList();
        var step = double.IsFinite(Step) && Step > 0 ? Step : 1;
        var end =
            Math.Max(samples.Select(s => s.Time).DefaultIfEmpty(0).Max() + step, double.IsFinite(Length) ? Length : 0);
        step *= Math.Ceiling(end / step / Math.Min(MostColumns, size.Width / (size.IsTerminal ? 10 : 4)));
        var (low, high) = Bounds(samples);
        var perDoubling =
            RowsPerDoubling ?? Math.Clamp((int)(MostRows / Math.Max(1, Math.Log2(high / low))), 1, MostPerDoubling);
        (low, high) = (Floor(low, perDoubling), Floor(high, perDoubling) * Math.Pow(2, 1.0 / perDoubling));
        var frame = new PlotFrame(
            size,
            new ChartAxis(AxisKind.Linear, TimeTitle, s => $"{NumberText.Digits(s)} s") { Named = Round(end) },
            new ChartAxis(AxisKind.Log, "", NumberText.Duration) { IsTight = true },
            [0, end],
            [low, high]);
        List<SceneElement> elements = [.. frame.Axes(), .. Head(size, frame)];
        elements.AddRange(Cells(frame, samples, step, end, perDoubling));
        if (samples.Count == 0)
        {
            elements.Add(frame.Nothing());
        }

        return new Scene(size.Width, size.Height, Title, Description, elements);
    }

    private static IEnumerable<SceneElement> Cells(
        PlotFrame frame, List<HeatSample> samples, double step, double end, int perDoubling)
    {
        var counts = samples
            .GroupBy(s => (Column: (int)(s.Time / step), Row: Row(s.Seconds, perDoubling)))
            .Select(g => (g.Key.Column, g.Key.Row, Count: g.Sum(s => (double)s.Count)))
            .OrderBy(c => c.Column).ThenBy(c => c.Row)
            .ToList();
        var most = counts.Select(c => c.Count).DefaultIfEmpty(1).Max();
        foreach (var (column, row, count) in counts)
        {
            // Whole units: edges that two cells share leave no seam.
            var (x, right) =
                (Math.Round(frame.X(column * step)), Math.Round(frame.X(Math.Min(end, (column + 1) * step))));
            var (y, bottom) = (
                Math.Round(frame.Y(Edge(row + 1, perDoubling))), Math.Round(frame.Y(Edge(row, perDoubling))));
            yield return new SceneRect(x, y, Math.Max(1, right - x), Math.Max(1, bottom - y), Shade(count, most));
        }
    }

    private IEnumerable<SceneElement> Head(ChartSize size, PlotFrame frame)
    {
        var y = size.Line * 0.8;
        var note = size.Fit(Note ?? "", (frame.Right - frame.Left) / 2);
        var noteWidth = size.TextWidth(note);
        yield return new SceneText(
            new ScenePoint(frame.Left, y),
            size.Fit(Name, frame.Right - frame.Left - noteWidth - 12, isBold: true),
            ColorRole.Ink,
            size.FontSize)
        { IsBold = true };
        yield return new SceneText(new ScenePoint(frame.Right, y), note, ColorRole.Muted, size.FontSize)
        {
            Anchor = TextAnchor.End,
        };
    }

    /// <summary>What the colours mean, for the page that shows the maps.</summary>
    public static Scene Key(ChartSize size)
    {
        const string Few = "few";
        const string Many = "many requests";
        var start = size.TextWidth(Few) + 8;
        var stop = start + (KeyStep * Palette.HeatSteps);
        List<SceneElement> elements =
        [
            new SceneText(new ScenePoint(0, size.Line * 0.75), Few, ColorRole.Muted, size.FontSize),
            new SceneText(new ScenePoint(stop + 8, size.Line * 0.75), Many, ColorRole.Muted, size.FontSize),
        ];
        elements.AddRange(Enumerable.Range(0, Palette.HeatSteps).Select(i =>
            new SceneRect(start + (i * KeyStep), size.Line * 0.2, KeyStep, size.Line * 0.6, ColorRole.Heat1 + i)));
        return new Scene(stop + 8 + size.TextWidth(Many), size.Line, "Colours", "From few requests to many.", elements);
    }

    private (double Low, double High) Bounds(List<HeatSample> samples)
    {
        var seconds = samples.Select(s => s.Seconds).ToList();
        if (Range is { } range && range.Low > 0 && double.IsFinite(range.High) && range.High >= range.Low)
        {
            seconds.AddRange([range.Low, range.High]);
        }

        return seconds.Count == 0 ? (1e-3, 1) : (Math.Max(1e-9, seconds.Min()), Math.Clamp(seconds.Max(), 1e-9, 1e9));
    }

    private static ColorRole Shade(double count, double most)
    {
        var share = most <= 1 ? 1 : Math.Log2(count) / Math.Log2(most);
        return ColorRole.Heat1 + Math.Clamp((int)(share * Palette.HeatSteps), 0, Palette.HeatSteps - 1);
    }

    private static IReadOnlyList<double> Round(double end) =>
        [.. new LinearScale(0, end).Ticks(4).Select(t => t.Value)];

    private static int Row(double seconds, int perDoubling) =>
        (int)Math.Floor((Math.Log2(seconds / Microsecond) * perDoubling) + 1e-9);

    private static double Edge(int row, int perDoubling) => Microsecond * Math.Pow(2, row / (double)perDoubling);

    private static double Floor(double seconds, int perDoubling) => Edge(Row(seconds, perDoubling), perDoubling);
}
