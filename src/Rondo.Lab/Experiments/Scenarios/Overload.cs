using Rondo.Lab.Experiments.Planning;
using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>What to do with more than one can do.</summary>
internal static class Overload
{
    private const string Work = "io:50ms";
    private const int Slots = 8;
    private const double Capacity = 160;

    public static Scenario Scenario { get; } = new(
        "overload",
        "Overload",
        "What is left of a server at 150 % of its capacity, when clients give up after a second?",
        "Eight requests of 50 ms at a time are 160/s. With an endless queue every request waits until its client has gone: "
            + "soon nothing is answered in time. With a queue for 32, a third is refused at once and the others are served "
            + "in time.",
        "completed requests per second: those answered within a second. The errors are timeouts there, 503 here.")
    {
        Work = Work,
        Variants = [Overloaded("endless queue"), Overloaded("queue for 32", "--admit", $"{Slots + 32}")],
        Connections = [64],
        Seconds = 8,
        ExpectsErrors = true,
        IsComparison = false,
    };

    private static Variant Overloaded(string label, params string[] arguments) =>
        Model(label, "loop", Work, ["--slots", $"{Slots}", .. arguments]) with
        {
            Slots = Slots,
            Rate = 1.5 * Capacity,
            TimeoutSeconds = 1,
        };
}
