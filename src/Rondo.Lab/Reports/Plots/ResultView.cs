using System.Globalization;
using Rondo.Charts.Scales;
using Rondo.Charts.Scenes;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>A result as reports look at it: where models are compared, and how each of them looks.</summary>
internal sealed class ResultView
{
    public const double Nanosecond = 1e-9;

    // The same model looks the same in every report, whatever it is compared with.
    private static readonly string[] Usual = ["loop", "broken", "pool", "thread", "proc", "exec", "sync", "kestrel", "kestrel-loop"];

    private readonly Dictionary<string, int> _styles = [];

    public ResultView(LabResult result)
    {
        Result = result;
        Models = [.. result.Settings.Models.Concat(result.Levels.Select(l => l.Model)).Distinct()];
        var measured = result.Levels.Where(l => l.Throughput is not null).Select(l => l.Connections).ToHashSet();
        Focus = result.Verdict is { } verdict && measured.Contains(verdict.Connections) ? verdict.Connections
            : measured.Count > 0 ? measured.Max()
            : result.Settings.Connections.DefaultIfEmpty(0).Max();
        foreach (var model in Models)
        {
            _styles[model] = Style(model);
        }
    }

    public LabResult Result { get; }

    /// <summary>In the order of the comparison.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>The number of connections at which models are compared.</summary>
    public int Focus { get; }

    /// <summary>The models that the verdict names.</summary>
    public IReadOnlyList<string> Named => Result.Verdict?.Models ?? [];

    /// <summary>Which <see cref="SeriesStyle"/> a model has.</summary>
    public int StyleOf(string model) => _styles.GetValueOrDefault(model, _styles.Count);

    /// <summary>What tells the marks of a model from others in a page.</summary>
    public string KeyOf(string model) => string.Create(CultureInfo.InvariantCulture, $"m{StyleOf(model)}");

    public LabLevel? Level(string model, int connections) =>
        Result.Levels.FirstOrDefault(l => l.Model == model && l.Connections == connections);

    public LabPrediction? Prediction(string model, int connections) =>
        Result.Predictions.FirstOrDefault(p => p.Model == model && p.Connections == connections);

    /// <summary>The rounds of a model where models are compared, without those that say nothing.</summary>
    public IReadOnlyList<LabCell> Cells(string model) =>
    [
        .. Result.Cells.Where(c => c.Model == model && c.Connections == Focus)
            .Where(c => c is { Counts: not null, IsTooShort: false })
            .OrderBy(c => c.Round).ThenBy(c => c.Attempt),
    ];

    /// <summary>
    /// Whether an interval has no end on this side: JSON has no infinity, and holds the largest number.
    /// </summary>
    public static bool IsEndless(double end) => end >= double.MaxValue;

    /// <summary>"connections", with its number.</summary>
    public static string Connections(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} connection{(count == 1 ? "" : "s")}");

    /// <summary>A latency of so many nanoseconds.</summary>
    public static string Time(double nanoseconds) => NumberText.Duration(nanoseconds * Nanosecond);

    private int Style(string model)
    {
        var usual = Array.IndexOf(Usual, model.Split(':')[0]);
        return usual >= 0 && !_styles.ContainsValue(usual)
            ? usual
            : Enumerable.Range(0, int.MaxValue).First(i => !_styles.ContainsValue(i)
                && (i >= Usual.Length || !Models.Any(m => m.Split(':')[0] == Usual[i])));
    }
}
