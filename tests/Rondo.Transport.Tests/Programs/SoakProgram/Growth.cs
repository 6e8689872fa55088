using System.Globalization;

namespace SoakProgram;

/// <summary>
/// Whether something grows. The samples' first third is warm-up: code is compiled and pools are filled. What leaks grows
/// with the traffic, so the middle of the last third must not lie above everything that was seen in the second third, by
/// more than a margin: the platform's pool of threads comes and goes by some, each with handles and buffers, while a leak
/// is one for each exchange or connection, and of those there are thousands. A single sample, which may have caught a
/// straggler, decides nothing.
/// </summary>
/// <param name="Name">For the table.</param>
/// <param name="Unit">What the value is divided by for the table.</param>
/// <param name="Margin">In units.</param>
/// <param name="Value">Of a sample.</param>
internal sealed record Growth(string Name, double Unit, double Margin, Func<ServerSample, double> Value)
{
    public static IReadOnlyList<Growth> All { get; } =
    [
        new("live heap, KiB", 1024, 1024, s => s.LiveBytes),
        new("resident, MiB", 1 << 20, 16, s => s.ResidentBytes),
        new("descriptors", 1, 12, s => s.Descriptors),
        new("threads", 1, 30, s => s.Threads),
        new("GC handles", 1, 100, s => s.Handles),
    ];

    /// <summary>One line of the table.</summary>
    public (string Line, bool Grows) Judge(IReadOnlyList<ServerSample> samples)
    {
        var values = samples.Select(s => Value(s) / Unit).ToArray();
        var early = values[(values.Length / 3)..(values.Length * 2 / 3)];
        var late = values[(values.Length * 2 / 3)..].Order().ToArray();
        var grows = late[late.Length / 2] > early.Max() + Margin;
        return (string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {values[0]:F0} | {early.Min():F0} .. {early.Max():F0} | {late[0]:F0} .. {late[^1]:F0} "
            + $"| {(grows ? "GROWS" : "steady")} |"), grows);
    }
}
