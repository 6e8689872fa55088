using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Charts.Terminal;
using Rondo.Charts.Tests.Support;

namespace Rondo.Charts.Tests.Terminal;

public sealed class TerminalWriterTests
{
    private static readonly LineChart Chart = new(
        "",
        "",
        new ChartAxis(AxisKind.Log, "connections", NumberText.Count) { Named = [1, 10, 100] },
        new ChartAxis(AxisKind.Log, "requests/s", NumberText.Count),
        [new LineSeries("loop", 0, [new(1, 10), new(10, 100), new(100, 1000)])]);

    [Fact]
    public void Write_Ascii_IsThePlotInLetters() => Assert.Equal(
        """
        requests/s
          1k                               ..o  loop
                                       ..''
                                  ..:''
                              ..:''
         100              ..'o'
                     ..:''
                ...''
          10 o:''
             ---------------------------------
            1               10              100
                        connections
        """,
        Text(new TerminalOptions(IsAscii: true)).TrimEnd(),
        ignoreLineEndingDifferences: true);

    [Fact]
    public void Write_WithoutColour_HasNoEscape() =>
        Assert.DoesNotContain('\e', Text(new TerminalOptions()));

    [Fact]
    public void Write_WithColour_EndsEveryOneOnItsLine()
    {
        var text = Text(new TerminalOptions(HasColor: true));

        Assert.Contains("\e[38;5;", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(l => l.Contains('\e', StringComparison.Ordinal)), line =>
            Assert.True(line.LastIndexOf("\e[0m", StringComparison.Ordinal) > line.LastIndexOf("\e[3", StringComparison.Ordinal)));
    }

    [Fact]
    public void Write_Lines_AreBraille() =>
        Assert.Contains(Text(new TerminalOptions()), c => c is > '\u2800' and <= '\u28ff');

    [Fact]
    public void Write_Bars_AreAsLongAsTheirShare()
    {
        var bars = new CostBars("", "", [new CostPanel("memory", NumberText.Count, [new("a", 0, 10), new("b", 1, 5)])]);
        var lines = TerminalWriter.Write(bars.Draw(ChartSize.Terminal(20, 1)), new TerminalOptions()).Split('\n');

        Assert.Equal("a                 10", lines[1]);
        Assert.Equal(new string('█', 20), lines[2]);
        Assert.Equal(new string('█', 10), lines[4]);
    }

    [Fact]
    public void Write_Heat_IsShaded()
    {
        var map = SampleCharts.Heat("map", [0.001, 0.01, 0.1]);

        Assert.Contains('█', TerminalWriter.Write(map.Draw(ChartSize.Terminal(40, 12)), new TerminalOptions()));
        Assert.Contains(
            '@', TerminalWriter.Write(map.Draw(ChartSize.Terminal(40, 12)), new TerminalOptions(IsAscii: true)));
    }

    private static string Text(TerminalOptions options) =>
        TerminalWriter.Write(Chart.Draw(ChartSize.Terminal(45, 12)), options);
}
