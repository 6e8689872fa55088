using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>Gives a chart that stands alone its title and margins.</summary>
internal static class Caption
{
    private const double Margin = 24;
    private const double TitleSize = 18;
    private const double TextSize = 13;

    /// <summary>The chart with what it is above it, and room around.</summary>
    public static Scene Add(Scene scene)
    {
        var title = Fit(scene.Title, TitleSize, isBold: true);
        var lines = Wrap(scene.Description, scene.Width).Take(3).ToList();
        var top = Margin + TitleSize + 8 + (lines.Count * TextSize * 1.4) + 14;
        List<SceneElement> elements =
        [
            new SceneText(new ScenePoint(Margin, Margin + (TitleSize * 0.8)), title, ColorRole.Ink, TitleSize)
            {
                IsBold = true,
            },
        ];
        elements.AddRange(lines.Select((line, i) => new SceneText(
            new ScenePoint(Margin, Margin + TitleSize + 8 + ((i + 0.8) * TextSize * 1.4)), line, ColorRole.Muted,
            TextSize)));
        elements.Add(new SceneGroup(scene.Elements) { OffsetX = Margin, OffsetY = top });
        return new Scene(
            scene.Width + (2 * Margin), scene.Height + top + Margin, scene.Title, scene.Description, elements);

        string Fit(string text, double size, bool isBold) => LabelText.Fit(
            LabelText.Clean(text, 400), scene.Width, t => TextMetrics.Proportional.Width(t, size, isBold));
    }

    private static IEnumerable<string> Wrap(string text, double width)
    {
        var line = "";
        foreach (var word in LabelText.Clean(text, 1000).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && TextMetrics.Proportional.Width(longer, TextSize) > width)
            {
                yield return line;
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            yield return LabelText.Fit(line, width, t => TextMetrics.Proportional.Width(t, TextSize));
        }
    }
}
