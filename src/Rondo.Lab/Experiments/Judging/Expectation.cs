using System.Globalization;
using System.Text.RegularExpressions;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>
/// A limit that a result must keep, a line of a file: <c>loop 64 throughput = 1280 +- 15%</c>, or
/// <c>loop 64 p99 &lt; 80</c>. Latencies are milliseconds, memory is MiB.
/// </summary>
/// <param name="Text">As it was written.</param>
/// <param name="Model">Of the level.</param>
/// <param name="Connections">Of the level.</param>
/// <param name="Name">One of the names that <see cref="Figures"/> lists.</param>
/// <param name="Low">The least that is right.</param>
/// <param name="High">The most that is right.</param>
internal sealed partial record Expectation(
    string Text, string Model, int Connections, string Name, double Low, double High)
{
    private const double Millisecond = 1e6;

    private static readonly Dictionary<string, Func<LabLevel, double?>> s_figures = new()
    {
        ["throughput"] = l => l.Throughput?.Value,
        ["mean"] = l => l.Mean?.Value / Millisecond,
        ["p50"] = l => l.P50?.Value / Millisecond,
        ["p90"] = l => l.P90?.Value / Millisecond,
        ["p99"] = l => l.P99?.Value / Millisecond,
        ["p99.9"] = l => l.P999?.Value / Millisecond,
        ["memory"] = l => l.Costs?.ResidentBytes / (1024.0 * 1024),
        ["threads"] = l => l.Costs?.Threads,
        ["cpu"] = l => l.Costs?.CpuMicrosecondsPerRequest,
        ["errors"] = l => l.Rounds > 0 ? l.Failed : null,
    };

    public static IEnumerable<string> Figures => s_figures.Keys;

    /// <summary>Reads a file; what follows <c>#</c> is a comment.</summary>
    /// <exception cref="ExperimentException">It cannot be read, or a line is no limit.</exception>
    public static IReadOnlyList<Expectation> ReadAll(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0).Select(Parse)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"--expect: {e.Message}", LoadExit.Usage);
        }
    }

    /// <exception cref="ExperimentException">It is no limit.</exception>
    public static Expectation Parse(string line)
    {
        var match = Form().Match(line);
        if (!match.Success || !s_figures.ContainsKey(match.Groups["figure"].Value))
        {
            throw new ExperimentException(
                $"--expect: '{line}' is no limit such as 'loop 64 throughput = 1280 +- 15%'; there are the figures "
                    + string.Join(", ", Figures),
                LoadExit.Usage);
        }

        var value = Number(match.Groups["value"]);
        var margin = match.Groups["margin"].Success ? value * Number(match.Groups["margin"]) / 100 : 0;
        var (low, high) = match.Groups["sign"].Value switch
        {
            "<" => (double.NegativeInfinity, value),
            ">" => (value, double.PositiveInfinity),
            _ => (value - margin, value + margin),
        };
        return new Expectation(
            line, match.Groups["model"].Value, (int)Number(match.Groups["at"]), match.Groups["figure"].Value, low, high);
    }

    /// <summary>Null if the result does not have it.</summary>
    public double? ValueOf(LabResult result) =>
        result.Levels.FirstOrDefault(l => l.Model == Model && l.Connections == Connections) is { } level
            ? s_figures[Name](level)
            : null;

    public bool IsMet(LabResult result) => ValueOf(result) is { } value && value >= Low && value <= High;

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<model>\S+)\s+(?<at>\d{1,6})\s+(?<figure>\S+)\s*(?<sign>[<>=])\s*(?<value>\d+(\.\d+)?)"
            + @"(\s*\+-\s*(?<margin>\d+(\.\d+)?)\s*%)?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
