using Rondo.Lab.Models;
using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>Work that computes, and who has to wait for it.</summary>
internal static class CpuBound
{
    private const string Work = "cpu:20ms";
    private const string Chart = "The cheapest request beside it";

    public static Scenario Scenario { get; } = new(
        "cpu-bound",
        "Computing",
        "What does each model do with 20 ms of computing, and what happens to the other requests meanwhile?",
        "loop and exec:1 give 50/s on any number of processors; thread and pool:64 give 50/s for each. /ping, which costs "
            + "nothing, rises on the loop from below 1 ms to 20 ms times the connections.",
        "the time of /ping next to the throughput: a server may be busy and still answer others.")
    {
        Work = Work,
        Variants =
        [
            .. SameWork(Work, "loop", "exec:1", "pool:64", "thread", "kestrel")
                .Select(v => v with { ProbePath = HowdyHandler.Ping }),
        ],
        Connections = [1, 2, 4, 8, 32],
        Series = cells =>
        [
            .. cells.GroupBy(c => c.Model).Select(g => Line(
                Chart, g.Key, ("connections", "ms of /ping, p99"), g, c => c.Connections, c => c.Probe?.P99 / 1e6)),
        ],
    };
}
