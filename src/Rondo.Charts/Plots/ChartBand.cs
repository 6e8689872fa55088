using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>A part of an axis that something is said of.</summary>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends; drawn as a line.</param>
/// <param name="Text">What is said.</param>
internal sealed record ChartBand(double From, double To, string Text)
{
    /// <summary>The part itself, below the grid.</summary>
    public IEnumerable<SceneElement> Draw(ChartSize size, PlotFrame frame)
    {
        var (left, right) = (frame.X(From), frame.X(To));
        yield return new SceneRect(left, frame.Top, right - left, frame.Bottom - frame.Top, ColorRole.Band);
        yield return new SceneLine(
            new ScenePoint(right, frame.Top), new ScenePoint(right, frame.Bottom), new SceneStroke(ColorRole.Axis, 1));
    }

    /// <summary>What is said, over the grid; nothing where there is no room for it.</summary>
    public IEnumerable<SceneElement> Words(ChartSize size, PlotFrame frame)
    {
        var (left, text) = (frame.X(From) + 8, LabelText.Clean(Text));
        if (size.TextWidth(text) < frame.Right - left)
        {
            yield return new SceneText(
                new ScenePoint(left, frame.Top + size.Line), text, ColorRole.Muted, size.FontSize)
            {
                HasHalo = true,
            };
        }
    }
}
