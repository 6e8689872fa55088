using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What the size of an executor decides.</summary>
internal static class ExecutorSize
{
    private const string Work = "io:50ms";

    public static Scenario Scenario { get; } = new(
        "executor-size",
        "The size of an executor",
        "How does synchronous code fare that is wrapped to run in an executor of N threads?",
        "It gives min(64, N)/50 ms: the executor is the ceiling, and what is beyond waits in its queue, not at work.",
        "throughput against size is a straight line up to 64, then level; the queue is 64 less the size.")
    {
        Work = Work,
        Variants = [.. new[] { 1, 2, 4, 8, 16, 32, 64, 128 }.Select(n => Model($"exec:{n}", $"exec:{n}", Work))],
        Connections = [64],
        Series = cells =>
        [
            Line(
                "Throughput",
                "measured",
                ("threads", "requests/s"),
                cells,
                Size,
                c => c.Counts is null ? null : c.Throughput),
            Line("Queue", "waiting", ("threads", "requests"), cells, Size, c => c.ServerSeconds.Max(s => s.Queued)),
        ],
    };

    private static double Size(Results.LabCell cell) =>
        double.Parse(cell.Model.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
}
