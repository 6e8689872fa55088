namespace Rondo.Runtime.Testing;

/// <content>Traces, and the search through many seeds.</content>
public sealed partial class VirtualLoop
{
    /// <summary>Runs a test in virtual time and writes down what ran.</summary>
    /// <returns>
    /// The callbacks that have run, in order, each with the loop's time and its name. Same test, same seed, same trace.
    /// </returns>
    /// <inheritdoc cref="Run(Func{VirtualLoop, Task}, int?, LoopOptions?)"/>
    public static IReadOnlyList<string> Trace(
        Func<VirtualLoop, Task> main, int? seed = null, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        var trace = new List<string>();
        Run(main, seed, options, trace);
        return trace;
    }

    /// <summary>
    /// Runs a test in virtual time once for each of many seeds, in search of an order of simultaneous timers, or of a
    /// fate of the network, in which it fails.
    /// </summary>
    /// <param name="main">Takes the virtual loop. Nothing may carry over from one run to the next.</param>
    /// <param name="seeds">How many; 100 unless given, at least 1.</param>
    /// <param name="firstSeed">The first; the others follow it. 1 unless given.</param>
    /// <param name="options">Defaults when null; the clock is the virtual one in any case.</param>
    /// <exception cref="ExplorationException">A seed has failed: which, how, and after what callbacks.</exception>
    public static void Explore(
        Func<VirtualLoop, Task> main, int seeds = 100, int firstSeed = 1, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        foreach (var seed in Enumerable.Range(firstSeed, seeds))
        {
            if (Attempt(main, seed, options, trace: null) is { } failure)
            {
                // The trace is recorded in a second run: the many that pass need none.
                var trace = new List<string>();
                throw new ExplorationException(seed, failure, Attempt(main, seed, options, trace), trace);
            }
        }
    }

    private static Exception? Attempt(
        Func<VirtualLoop, Task> main, int seed, LoopOptions? options, List<string>? trace)
    {
        try
        {
            Run(main, seed, options, trace);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
