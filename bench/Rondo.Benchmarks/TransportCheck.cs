using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>The short form: whether a request on the event loop costs clearly less than on stock sockets.</summary>
internal static class TransportCheck
{
    private const int Port = 9731;
    private const int Connections = 64;
    private const int Rounds = 5;
    private const int WarmSeconds = 4;
    private const double MostOfStock = 0.95;

    // Each with servers of its own; a machine that is busy with something else does not go on being so for ever.
    private const int Attempts = 5;

    /// <returns>The exit code: 0 if it does.</returns>
    public static async Task<int> RunAsync()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await MedianAsync() <= MostOfStock)
            {
                return 0;
            }
        }

        return 1;
    }

    private static async Task<double> MedianAsync()
    {
        await using var stock = await ServerProcess.StartTransportAsync(TransportServer.Stock, Port);
        await using var loop = await ServerProcess.StartTransportAsync(TransportServer.Loop, Port + 1);
        foreach (var server in (ServerProcess[])[stock, loop])
        {
            Wrk.Run(server.Port, "/", Connections, WarmSeconds);
        }

        var ratios = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var theirs = TransportRun.Measure(stock, "/", Connections, 1).Microseconds;
            ratios.Add(TransportRun.Measure(loop, "/", Connections, 1).Microseconds / theirs);
        }

        var median = ratios.Order().ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Processor time per request, event loop / stock sockets, {Connections} connections: "
                + $"{HttpBench.Spread(ratios, "0.00")}, at most {MostOfStock:0.00}"));
        return median;
    }
}
