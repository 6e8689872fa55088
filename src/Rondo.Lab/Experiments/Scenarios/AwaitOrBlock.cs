using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>Who waits while a request waits.</summary>
internal static class AwaitOrBlock
{
    private const string Work = "io:50ms";

    public static Scenario Scenario { get; } = new(
        "await-or-block",
        "Await or block",
        "What does a wait of 50 ms cost if the server awaits it, and what if it blocks?",
        "sync and broken stay at 20/s, and the mean is 50 ms times the connections: a loop that blocks is no loop. "
            + "loop and thread give 20/s for each connection, until a processor is full.",
        "broken lies on sync, not on loop; then the memory of thread and loop at 1,024 connections.")
    {
        Work = Work,
        Variants = SameWork(Work, "sync", "broken", "loop", "thread"),
        Connections = [1, 4, 16, 64, 256, 1024],
    };
}
