using System.Collections.Concurrent;

namespace Rondo.Runtime.Polling;

/// <summary>The pollers there are, by the name with which a user chooses one.</summary>
internal static class PollerChoice
{
    private const string Portable = "portable";

    private static readonly ConcurrentDictionary<string, Func<IPoller>> s_pollers = new()
    {
        [Portable] = static () => new WaitPoller(),
    };

    /// <summary>Adds one that lives in another assembly. Any thread.</summary>
    public static void Add(string name, Func<IPoller> make) => s_pollers[name] = make;

    /// <summary>Makes the one with this name; null or empty means the portable one. Any thread.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IPoller Make(string? name)
    {
        if (s_pollers.TryGetValue(string.IsNullOrEmpty(name) ? Portable : name, out var make))
        {
            return make();
        }

        var choices = string.Join(", ", s_pollers.Keys.Order(StringComparer.Ordinal));
        throw new ArgumentException(
            $"There is no poller '{name}' (LoopOptions.Poller, RONDO_POLLER). Choose: {choices}.");
    }
}
