using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs: <c>GET /convert/GBP/100</c> beside a constant on bare Kestrel, in turn, wrk with 64
/// connections on the other core. The figure is processor time per request of the server: it moves less than wall time
/// on a shared machine, and the ratio of a pair moves least.
/// </summary>
internal static class HttpBench
{
    private const int Connections = 64;
    private const int Rounds = 9;
    private const int Seconds = 4;

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        var rates = folder.Write("rates.csv", ServerProcess.Rates);
        await using var baseline = await ServerProcess.StartBaselineAsync(9711);
        await using var rondo = await ServerProcess.StartRondoAsync(9712, folder.Path, "--rates", rates);
        foreach (var port in (int[])[9711, 9712, 9711, 9712])
        {
            Run(port);
        }

        var results = new List<(Sample Baseline, Sample Rondo)>();
        for (var round = 0; round < Rounds; round++)
        {
            results.Add((await MeasureAsync(baseline, 9711), await MeasureAsync(rondo, 9712)));
        }

        Console.WriteLine(
            $"\nGET /convert/GBP/100, {Connections} connections, "
                + $"{Rounds} rounds of {Seconds} s in turn: median [min .. max]");
        Print(baseline.Name, results.Select(r => r.Baseline));
        Print(rondo.Name, results.Select(r => r.Rondo));
        var ratios = results.Select(r => r.Rondo.Microseconds / r.Baseline.Microseconds);
        Console.WriteLine($"  processor time per request, rondo / bare: {Spread(ratios, "0.00")}");
    }

    private static async Task<Sample> MeasureAsync(ServerProcess server, int port)
    {
        var (cpu, allocated) = (server.CpuSeconds, await server.AllocatedAsync());
        var requests = Run(port);
        return new Sample(
            (server.CpuSeconds - cpu) / requests * 1e6,
            (double)(await server.AllocatedAsync() - allocated) / requests,
            (double)requests / Seconds);
    }

    private static int Run(int port) => Wrk.Run(port, "/convert/GBP/100", Connections, Seconds).Requests;

    private static void Print(string name, IEnumerable<Sample> samples)
    {
        var all = samples.ToList();
        Console.WriteLine($"  {name,-24} {Spread(all.Select(s => s.Microseconds), "0.0")} us/request, "
            + $"{Spread(all.Select(s => s.Bytes), "0")} bytes/request, "
            + $"{Spread(all.Select(s => s.PerSecond), "0")} requests/s");
    }

    internal static string Spread(IEnumerable<double> values, string format)
    {
        var sorted = values.Order().ToList();
        var median = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        return $"{Text(median)} [{Text(sorted[0])} .. {Text(sorted[^1])}]";

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private sealed record Sample(double Microseconds, double Bytes, double PerSecond);
}
