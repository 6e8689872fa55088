using System.Globalization;

namespace Rondo.Lab.Models;

/// <summary>The models by their names, as they stand in commands and reports.</summary>
internal static class ModelCatalog
{
    private const int MostWorkers = 10_000;

    private static readonly Dictionary<string, Func<int, IServerModel>> s_makers = new()
    {
        ["sync"] = _ => new OneAtATimeModel(),
        ["broken"] = _ => new BrokenLoopModel(),
        ["loop"] = _ => new LoopModel(),
        ["pool"] = threads => new PoolModel(threads),
        ["thread"] = _ => new ThreadModel(),
        ["exec"] = threads => new ExecutorModel(threads),
        ["kestrel"] = _ => new KestrelModel(),
    };

    // Those with a size, and what it is when none is given.
    private static readonly Dictionary<string, int> s_sizes = new() { ["pool"] = 64, ["exec"] = 32 };

    /// <summary>How the names are written, in the order in which they are compared.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. s_makers.Keys.Select(name => s_sizes.ContainsKey(name) ? name + ":N" : name)];

    /// <summary>Whether this names worker processes, which this build has not.</summary>
    public static bool IsProcessPool(string name) => name.Split(':')[0] == "proc";

    /// <summary>
    /// The currency workshop's three servers, by the names of its programs: each is one of the models above, and asks
    /// another server for every request (<see cref="ConversionHandler"/>).
    /// </summary>
    public static IReadOnlyDictionary<string, string> CurrencyServers { get; } = new Dictionary<string, string>
    {
        ["webserver"] = "loop",
        ["webserver_forceasync"] = "exec:32",
        ["webserver_threaded"] = "thread",
    };

    /// <summary>Makes the model of this name, <c>pool:64</c> for example.</summary>
    /// <returns>Null if there is none.</returns>
    public static IServerModel? Find(string name)
    {
        var parts = name.Split(':', 2);
        if (!s_makers.TryGetValue(parts[0], out var make))
        {
            return null;
        }

        var hasSize = s_sizes.TryGetValue(parts[0], out var size);
        return parts.Length == 1 ? make(size)
            : hasSize && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out size)
                && size is >= 1 and <= MostWorkers ? make(size)
            : null;
    }
}
