using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>Whether more threads than processors compute more.</summary>
internal static class ThreadsAndCores
{
    private const string Work = "cpu:5ms";

    public static Scenario Scenario { get; } = new(
        "threads-and-cores",
        "More threads than cores",
        "Do more threads than processors compute more?",
        "No: the processors are the ceiling, 200/s for each. More threads only take turns, and switches per request rise.",
        "involuntary context switches per request, and p99, against the size of the pool.")
    {
        Work = Work,
        Variants = [.. new[] { 1, 2, 4, 16, 64, 256 }.Select(n => Model($"pool:{n}", $"pool:{n}", Work))],
        Connections = [256],
        Series = cells =>
        [
            Line(
                "Context switches", "involuntary", ("threads", "per request"), cells,
                c => double.Parse(c.Model.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture),
                c => c.Costs?.InvoluntarySwitchesPerRequest),
        ],
    };
}
