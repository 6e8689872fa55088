using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>The comparison that the talks showed: three servers that ask another one for each request.</summary>
internal static class Workshop
{
    private const string Chart = "The talks' figures";

    // The workshop's own measurement, in requests per second; another machine, and a real server on the internet.
    private static readonly (string Name, int[] Values)[] s_original =
    [
        ("async, in the talk", [102, 215, 281, 311, 309, 257]),
        ("sync, in the talk", [123, 171, 209, 201, 201, 180]),
        ("async + thread pool, in the talk", [88, 115, 102, 119, 108, 110]),
    ];

    private static readonly int[] s_connections = [32, 64, 128, 256, 512, 1024];

    public static Scenario Scenario { get; } = new(
        "workshop",
        "The currency workshop",
        "Which of the workshop's three currency servers serves the most clients, if each request asks a slow server?",
        "As many as there are connections, over the 0.3 s of the slow server, for webserver and webserver_threaded; "
            + "webserver_forceasync stops at 32/0.3 = 107/s, the size of its executor.",
        "the order: wrapped code is the worst everywhere, as in the talk, where the slow server was the limit of the "
            + "others.")
    {
        Work = "an upstream of 300 ms",
        Variants =
        [
            .. ModelCatalog.CurrencyServers.Keys.Select(name => new Variant(name, name, null)
            {
                Upstream = new WorkSpec(TimeSpan.FromMilliseconds(300), TimeSpan.Zero, 0),
                Path = "/convert/GBP/100",
            }),
        ],
        Connections = s_connections,
        Series = cells =>
        [
            .. cells.GroupBy(c => c.Model).Select(g => Scenarios.Scenario.Line(
                Chart,
                g.Key,
                ("connections", "requests/s"),
                g,
                c => c.Connections,
                c => c.Counts is null ? null : c.Throughput)),
            .. s_original.Select(o => new LabSeries(
                Chart,
                o.Name,
                "connections",
                "requests/s",
                false,
                [.. s_connections.Zip(o.Values, (c, v) => new LabPoint(c, v))])),
        ],
    };
}
