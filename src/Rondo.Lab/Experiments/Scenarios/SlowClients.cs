using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What clients do to a server that take their time.</summary>
internal static class SlowClients
{
    private const string Work = "io:10ms";
    private const int Slow = 100;

    public static Scenario Scenario { get; } = new(
        "slow-clients",
        "Slow clients",
        "What do 100 clients that send a byte each 100 ms do to 50 others?",
        "sync serves nobody else as long as it reads from one of them. thread has a thread for each, and goes on; loop does "
            + "not notice them, exec:32 neither, as it reads on the loop.",
        "the errors and the throughput of sync; the threads of thread.")
    {
        Work = Work,
        Variants =
        [
            .. SameWork(Work, "sync", "thread", "exec:32", "loop", "kestrel").Select(
                v => v with { SlowClients = Slow, TimeoutSeconds = 1 }),
        ],
        Connections = [50],
        Seconds = 3,
        ExpectsErrors = true,
        IsComparison = false,
    };
}
