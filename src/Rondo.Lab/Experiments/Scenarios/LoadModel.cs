using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What the kind of load shows, and what it hides.</summary>
internal static class LoadModel
{
    private const string Work = "io:50ms";
    private const double Capacity = 160;

    public static Scenario Scenario { get; } = new(
        "load-model",
        "Closed and open load",
        "What does the same server look like to 64 clients that wait for each other, and to a rate that does not?",
        "pool:8 can do 160/s. The 64 clients see 0.4 s and no more, however slow it gets. At 70 and 90 % of 160/s it takes "
            + "little more than 50 ms; at 110 % the response time grows for as long as it is measured.",
        "p99 of closed and of 110 %: the one looks calm, the other does not end.")
    {
        Work = Work,
        Variants =
        [
            Model("closed, 64", "pool:8", Work) with { LoadConnections = 64 },
            .. new[] { 0.7, 0.9, 1.1 }.Select(share =>
                Model($"open, {share * 100:0} %", "pool:8", Work) with { Rate = share * Capacity, LoadConnections = 64 }),
        ],
        Connections = [64],
        Seconds = 5,
        ExpectsErrors = true,
        IsComparison = false,
    };
}
