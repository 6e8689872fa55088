using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>The room that a chart has, and the letters it is set in. Charts arrange themselves by it.</summary>
/// <param name="Width">Units.</param>
/// <param name="Height">Units; charts whose height follows from their rows take this as the least.</param>
/// <param name="FontSize">Units.</param>
/// <param name="Metrics">How wide letters are.</param>
internal sealed record ChartSize(double Width, double Height, double FontSize, TextMetrics Metrics)
{
    private const double CellWidth = 8;
    private const double CellHeight = 16;
    private const double WideText = 13;

    /// <summary>Below it there is no room for names beside a plot.</summary>
    private const double NarrowWidth = 460;

    /// <summary>The width of a page.</summary>
    public static readonly ChartSize Wide = new(1024, 420, WideText, TextMetrics.Proportional);

    /// <summary>Half of it: one of two pictures side by side.</summary>
    public static readonly ChartSize Half = new(496, 230, WideText, TextMetrics.Proportional);

    /// <summary>A tablet, or a window beside another.</summary>
    public static readonly ChartSize Medium = new(600, 380, WideText, TextMetrics.Proportional);

    /// <summary>A phone.</summary>
    public static readonly ChartSize Narrow = new(360, 320, WideText + 1, TextMetrics.Proportional);

    public bool IsNarrow => Width < NarrowWidth && !IsTerminal;

    /// <summary>The height of a line of text, with the space to the next.</summary>
    public double Line => IsTerminal ? CellHeight : FontSize * 1.4;

    /// <summary>
    /// Whether it is laid out in cells of a terminal, which can show neither hairlines nor half lines.
    /// </summary>
    public bool IsTerminal => Metrics == TextMetrics.Monospaced;

    /// <summary>So many cells of a terminal.</summary>
    public static ChartSize Terminal(int columns, int rows) =>
        new(columns * CellWidth, rows * CellHeight, CellHeight, TextMetrics.Monospaced);

    /// <summary>The width of a text in this size.</summary>
    public double TextWidth(string text, bool isBold = false) => Metrics.Width(text, FontSize, isBold);

    /// <summary>Any text as a label that fits, shortened if need be.</summary>
    public string Fit(string text, double width, bool isBold = false) =>
        LabelText.Fit(LabelText.Clean(text), width, t => TextWidth(t, isBold));
}
