using System.Globalization;

namespace Rondo.Lab.Models;

/// <summary>The models by their names, as they stand in commands and reports.</summary>
internal static class ModelCatalog
{
    private const int MostThreads = 10_000;

    // Each has a runtime of its own.
    private const int MostProcesses = 256;

    private static readonly Dictionary<string, Func<int, IServerModel>> s_makers = new()
    {
        ["sync"] = _ => new OneAtATimeModel(),
        ["broken"] = _ => new BrokenLoopModel(),
        ["loop"] = _ => new LoopModel(),
        ["pool"] = threads => new PoolModel(threads),
        ["thread"] = _ => new ThreadModel(),
        ["proc"] = processes => new ProcessModel(processes),
        ["exec"] = threads => new ExecutorModel(threads),
        ["kestrel"] = _ => new KestrelModel(),
        ["kestrel-blocking"] = _ => new KestrelModel(blocks: true),
        ["kestrel-loop"] = _ => new KestrelModel(hasLoops: true),
    };

    // Those with a size, what it is when none is given, and the largest.
    private static readonly Dictionary<string, (int Default, int Most)> s_sizes = new()
    {
        ["pool"] = (64, MostThreads),
        ["proc"] = (Environment.ProcessorCount, MostProcesses),
        ["exec"] = (32, MostThreads),
    };

    /// <summary>How the names are written, in the order in which they are compared.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. s_makers.Keys.Select(name => s_sizes.ContainsKey(name) ? name + ":N" : name)];

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

    /// <summary>The name with its size: <c>pool</c> is <c>pool:64</c>, and <c>loop</c> itself.</summary>
    public static string WithSize(string name) =>
        s_sizes.TryGetValue(name, out var size) ? $"{name}:{size.Default}" : name;

    /// <summary>Makes the model of this name, <c>pool:64</c> for example.</summary>
    /// <returns>Null if there is none.</returns>
    public static IServerModel? Find(string name)
    {
        var parts = name.Split(':', 2);
        if (!s_makers.TryGetValue(parts[0], out var make))
        {
            return null;
        }

        var sizes = s_sizes.GetValueOrDefault(parts[0]);
        return parts.Length == 1 ? make(sizes.Default)
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                && size >= 1 && size <= sizes.Most ? make(size)
            : null;
    }
}
