using Rondo.Lab.Experiments.Results;
using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What one blocking call does to everybody else.</summary>
internal static class OneBlockingCall
{
    private const string Work = "io:10ms";
    private const string Stall = "100:100ms";

    public static Scenario Scenario { get; } = new(
        "one-blocking-call",
        "One blocking call in a hundred",
        "What happens if one request in a hundred blocks for 100 ms where it should await?",
        "On the loop everybody waits: the p99 of all rises by 100 ms and more, and throughput falls to what is left between "
            + "the stalls. With a thread for each only that one request is slow.",
        "p90 and p99 of loop with and without the call, and the longest turn of the loop. The debug mode of the runtime "
            + "(RONDO_DEBUG=1) names the handler.")
    {
        Work = Work,
        Variants =
        [
            Model("loop", "loop", Work),
            Model("loop, 1 % blocks", "loop", Work, "--stall", Stall),
            Model("thread, 1 % blocks", "thread", Work, "--stall", Stall),
            Model("pool:64, 1 % blocks", "pool:64", Work, "--stall", Stall),
        ],
        Connections = [16],
        IsComparison = false,
        Series = cells =>
        [
            .. cells.Where(c => c.Round == 1 && c.ServerSeconds.Any(s => s.LongestTurnMs is not null)).Select(
                c => new LabSeries("Longest turn", c.Model, "s", "ms", false,
                    [.. c.ServerSeconds.Select(s => new LabPoint(s.Second, s.LongestTurnMs ?? 0))])),
        ],
    };
}
