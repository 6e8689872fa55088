using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What a connection costs on which nothing happens.</summary>
internal static class IdleConnections
{
    private const string Work = "io:1ms";
    private const string Axis = "idle connections";

    public static Scenario Scenario { get; } = new(
        "idle-connections",
        "Idle connections",
        "What does a connection cost on which nothing happens?",
        "A thread each: some 20 to 30 KiB and a thread; on a loop or Kestrel a few KiB and no thread.",
        "the slope of memory against idle connections; the one connection that does ask is as quick as before.")
    {
        Work = Work,
        Variants =
        [
            .. SameWork(Work, "thread", "loop", "kestrel").Select(v => v with { HoldsIdle = true, LoadConnections = 1 }),
        ],
        Connections = [1, 1000, 2000, 5000, 10_000],
        Seconds = 1,
        Series = cells =>
        [
            .. cells.GroupBy(c => c.Model).SelectMany(g => new[]
            {
                Line("Memory", g.Key, (Axis, "MiB"), g, c => c.Connections, c => c.Costs?.ResidentBytes / 1048576.0),
                Line("Threads", g.Key, (Axis, "threads"), g, c => c.Connections, c => c.Costs?.Threads),
            }),
        ],
    };
}
