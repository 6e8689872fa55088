using System.Globalization;
using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Tests.Support;

/// <summary>Charts of invented figures: ordinary ones, and those that data should never but will hold.</summary>
internal static class SampleCharts
{
    private const string Script = "</title><script>alert(1)</script>&\"'";

    public static readonly string[] Hostile =
    [
        "ordinary", "empty", "no series", "one point", "all equal", "not a number", "infinite", "negative", "extreme",
        "many points", "script", "control characters", "very long", "right to left", "forty series",
    ];

    public static readonly string[] Kinds = ["lines", "percentiles", "heat", "turns", "costs"];

    public static Scene Draw(string kind, string data, ChartSize size)
    {
        var (name, values) = Data(data);
        return kind switch
        {
            "lines" => Lines(name, values, data, AxisKind.Log).Draw(size),
            "percentiles" => Lines(name, values, data, AxisKind.Percentile).Draw(size),
            "heat" => Heat(name, values).Draw(size),
            "turns" => Turns(name, values).Draw(size),
            _ => Costs(name, values).Draw(size),
        };
    }

    public static LineChart Lines(string name, double[] values, string data, AxisKind kind)
    {
        var count = data switch { "no series" => 0, "forty series" => 40, _ => 2 };
        var series = Enumerable.Range(0, count).Select(i => new LineSeries(
            i == 0 ? name : $"series {i}",
            i,
            [.. values.Select((v, n) => new LinePoint(X(kind, n, values.Length), v, v * 0.9, v * 1.1))])
        {
            Predicted = [.. values.Select((v, n) => new LinePoint(X(kind, n, values.Length), v * 1.05))],
            Ring = values.Length > 2 ? new LinePoint(X(kind, 2, values.Length), values[2]) : null,
            Suffix = i == 0 ? "57 ms" : null,
        });
        return new LineChart(
            name, name, new ChartAxis(kind, "along", Digits), new ChartAxis(AxisKind.Log, name, NumberText.Count),
            [.. series])
        {
            Band = new ChartBand(1, 4, name),
        };
    }

    public static HeatMap Heat(string name, double[] values) =>
        new(name, name, name, 1, [.. values.Select((v, i) => new HeatSample(i, v, i + 1))]) { Note = name };

    public static TurnTimeline Turns(string name, double[] values) => new(
        name,
        name,
        [
            new TurnRow(name, name, 0, [.. values.Select((v, i) => new LoopTurn(i, v, v > 100))]),
            new TurnRow("other", "", 1, []),
        ]);

    public static CostBars Costs(string name, double[] values) => new(
        name,
        name,
        [
            new CostPanel("memory", NumberText.Bytes, [.. values.Take(50).Select((v, i) => new CostBar(name, i, v))]),
            new CostPanel(name, NumberText.Duration, [new CostBar("a", 0, 1), new CostBar("b", 1, double.NaN)]),
        ]);

    private static (string Name, double[] Values) Data(string data) => data switch
    {
        "empty" => ("", []),
        "one point" => ("one", [5]),
        "all equal" => ("equal", [7, 7, 7, 7]),
        "not a number" => ("gaps", [double.NaN, 1, double.NaN, 3, 4, double.NaN]),
        "infinite" => ("endless", [double.PositiveInfinity, 1, 2, double.NegativeInfinity]),
        "negative" => ("below", [-5, 0, 5, -1e9]),
        "extreme" => ("far", [double.Epsilon, 1e-300, 1, 1e300, double.MaxValue]),
        "many points" => ("many",
            [.. Enumerable.Range(0, 100_000).Select(i => 1 + Math.Abs(Math.Sin(i / 50.0) * 300))]),
        "script" => (Script, [20, 40, 80, 160]),
        "control characters" => ("a\0b\u001b[31mc\r\nd\u202ee\ufeff\ud800\uffff", [20, 40, 80]),
        "very long" => (new string('W', 5000), [20, 40, 80]),
        "right to left" => ("שלום עולם مرحبا", [20, 40, 80]),
        _ => ("event loop", [20, 40, 80, 160, 320, 640]),
    };

    private static double X(AxisKind kind, int n, int count) => kind == AxisKind.Percentile ? n / (double)count : n + 1;

    private static string Digits(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
