using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>How many threads a wait and some computing need.</summary>
internal static class MixedWork
{
    private const string Work = "mix:45ms+5ms";

    public static Scenario Scenario { get; } = new(
        "mixed-work",
        "A wait and some computing",
        "How many threads does a request need that waits for 45 ms and computes for 5 ms?",
        "(45+5)/5 = 10 for each processor: so many connections fill a loop, and so large a pool is as good as any. "
            + "pool:2 stops at 40/s.",
        "the knee of loop and of pool:10 at 10 connections for each processor of the server.")
    {
        Work = Work,
        Variants = SameWork(Work, "loop", "pool:2", "pool:10", "pool:64", "thread"),
        Connections = [1, 4, 8, 16, 64],
    };
}
