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
        "The rule of thumb, (45+5)/5 = 10 for each processor, holds only if nobody meets another: on one processor ten give "
            + "166 of its 200/s, so that 64 threads or a loop give more. pool:2 stops at 40/s.",
        "pool:10 is level from 16 connections on, below pool:64 and loop.")
    {
        Work = Work,
        Variants = SameWork(Work, "loop", "pool:2", "pool:10", "pool:64", "thread"),
        Connections = [1, 4, 8, 16, 64],
    };
}
