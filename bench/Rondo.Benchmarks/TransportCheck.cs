using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>The short form: whether a request on the event loop costs clearly less than on stock sockets.</summary>
internal static class TransportCheck
{
    private const int Port = 9731;
    private const int Connections = 64;
    private const int Rounds = 5;

    // The compiler takes its time for the last tier beside a busy server: until then a request costs twice as much.
    private const int WarmSeconds = 14;

    private const double MostOfStock = 0.95;

    // Others who run at the same time cost the one more than the other, by chance.
    private const double MostOtherCores = 0.3;

    // Each with servers of its own; a machine that is busy with something else does not go on being so for ever.
    private const int Attempts = 3;

    /// <returns>The exit code: 0 if it does, or if the machine was too busy each time to say.</returns>
    public static async Task<int> RunAsync()
    {
        var exitCode = 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (median, others) = await MeasureAsync();
            if (median <= MostOfStock)
            {
                return 0;
            }

            if (others <= MostOtherCores)
            {
                exitCode = 1;
            }
        }

        return exitCode;
    }

    private static async Task<(double Median, double Others)> MeasureAsync()
    {
        await using var stock = await ServerProcess.StartTransportAsync(TransportServer.Stock, Port);
        await using var loop = await ServerProcess.StartTransportAsync(TransportServer.Loop, Port + 1);
        foreach (var server in (ServerProcess[])[stock, loop])
        {
            Wrk.Run(server.Port, "/", Connections, WarmSeconds);
        }

        var ratios = new List<double>();
        var others = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var theirs = TransportRun.Measure(stock, "/", Connections, 1);
            var ours = TransportRun.Measure(loop, "/", Connections, 1);
            ratios.Add(ours.Microseconds / theirs.Microseconds);
            others.Add(Math.Max(ours.OtherCores, theirs.OtherCores));
        }

        var median = ratios.Order().ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Processor time per request, event loop / stock sockets, {Connections} connections: "
                + $"{HttpBench.Spread(ratios, "0.00")}, at most {MostOfStock:0.00}; others used "
                + $"{HttpBench.Spread(others, "0.00")} cores, judged up to {MostOtherCores:0.00}"));
        return (median, others.Order().ElementAt(Rounds / 2));
    }
}
