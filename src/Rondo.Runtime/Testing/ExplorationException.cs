using System.Globalization;

namespace Rondo.Runtime.Testing;

/// <summary>A test has failed for one of the seeds that <see cref="VirtualLoop.Explore"/> has tried.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class ExplorationException : Exception
{
    private const int Shown = 20;

    internal ExplorationException(int seed, Exception failure, Exception? replayed, IReadOnlyList<string> trace)
        : base(Describe(seed, failure, replayed, trace), failure)
    {
        Seed = seed;
        Trace = trace;
    }

    /// <summary>The first seed that failed. The same test with this seed fails again.</summary>
    public int Seed { get; }

    /// <summary>
    /// The callbacks of a second run with this seed, up to its failure: time of the loop and name, in order.
    /// </summary>
    public IReadOnlyList<string> Trace { get; }

    private static string Describe(int seed, Exception failure, Exception? replayed, IReadOnlyList<string> trace) =>
        string.Join(
            Environment.NewLine,
            [
                string.Create(CultureInfo.InvariantCulture, $"Seed {seed} fails: {Line(failure)}"),
                Line(failure) == Line(replayed)
                    ? string.Create(CultureInfo.InvariantCulture, $"Replay: VirtualLoop.Run(main, seed: {seed})")
                    : $"A second run with this seed ended otherwise ({Line(replayed)}): more than the seed decides.",
                $"The last of {trace.Count.ToString(CultureInfo.InvariantCulture)} callbacks:",
                .. trace.TakeLast(Shown).Select(line => "  " + line),
            ]);

    private static string Line(Exception? failure) =>
        failure is null ? "it passed" : $"{failure.GetType().Name}: {failure.Message}";
}
