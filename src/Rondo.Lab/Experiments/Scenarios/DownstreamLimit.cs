using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>When the model is not what limits.</summary>
internal static class DownstreamLimit
{
    private const string Work = "io:50ms";
    private const int Slots = 10;

    public static Scenario Scenario { get; } = new(
        "downstream-limit",
        "A limit downstream",
        "Does another model help a service that has ten connections to its database?",
        "No: each gives 10/50 ms = 200/s. More threads only wait in another place.",
        "one ceiling for all; what differs is the memory of those who wait.")
    {
        Work = Work,
        Variants =
        [
            .. new[] { "loop", "thread", "pool:64", "kestrel" }.Select(
                m => Model(m, m, Work, "--slots", $"{Slots}") with { Slots = Slots }),
        ],
        Connections = [4, 16, 64, 256],
    };
}
