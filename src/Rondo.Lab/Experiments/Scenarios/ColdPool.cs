using System.Globalization;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using static Rondo.Lab.Experiments.Scenarios.Scenario;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>How fast a thread pool grows that is blocked.</summary>
internal static class ColdPool
{
    private const string Work = "io:1s";

    public static Scenario Scenario { get; } = new(
        "cold-pool",
        "A cold pool",
        "What happens to 200 requests that come at once and block a thread of the platform's pool for a second each?",
        "With as many threads as processors the pool adds one or two a second while the processors idle: it takes over ten "
            + "seconds. With 100 threads from the start it takes two, and on a loop one.",
        "the number of threads second by second, and how long the last request took.")
    {
        Work = Work,
        Variants =
        [
            Cold("min 1", "kestrel-blocking", 1),
            Cold("min 2", "kestrel-blocking", 2),
            Cold("min 100", "kestrel-blocking", 100),
            Cold("loop", "loop", null),
        ],
        Connections = [200],
        Seconds = 18,
        IsComparison = false,
        Series = cells =>
        [
            .. cells.Where(c => c.Round == 1).Select(c => new LabSeries(
                "Threads",
                c.Model,
                "s",
                "threads",
                false,
                [.. c.ServerSeconds.Select(s => new LabPoint(s.Second, s.Threads))])),
        ],
    };

    private static Variant Cold(string label, string model, int? threads) => Model(label, model, Work) with
    {
        IsBurst = true,
        Environment = threads is { } least
            ? new Dictionary<string, string>
            {
                ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = least.ToString("X", CultureInfo.InvariantCulture),
            }
            : new Dictionary<string, string>(),
    };
}
