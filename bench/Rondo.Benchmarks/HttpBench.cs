using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs: <c>GET /convert/GBP/100</c>, on event loops and on the platform's sockets, beside a constant
/// on bare Kestrel, in turn, wrk with 64 connections on the other core. The figure is processor time per request of the
/// server: it moves less than wall time on a shared machine, and the ratio of a pair moves least.
/// </summary>
internal static class HttpBench
{
    private const int Connections = 64;
    private const int Rounds = 9;
    private const int Seconds = 4;

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        using var folderOfSockets = new ScratchFolder();
        var rates = folder.Write("rates.csv", ServerProcess.Rates);
        await using var baseline = await ServerProcess.StartBaselineAsync(9711);
        await using var rondo = await ServerProcess.StartRondoAsync(
            9712, folder.Path, "--rates", rates, "--transport", "epoll");
        await using var sockets = await ServerProcess.StartRondoAsync(
            9713, folderOfSockets.Path, "--rates", rates, "--transport", "sockets");
        ServerProcess[] servers = [baseline, rondo, sockets];
        foreach (var server in servers.Concat(servers))
        {
            Run(server.Port);
        }

        var results = new List<Sample[]>();
        for (var round = 0; round < Rounds; round++)
        {
            results.Add([
                await MeasureAsync(baseline), await MeasureAsync(rondo), await MeasureAsync(sockets)]);
        }

        Console.WriteLine(
            $"\nGET /convert/GBP/100, {Connections} connections, "
                + $"{Rounds} rounds of {Seconds} s in turn: median [min .. max]");
        string[] names = [baseline.Name, "rondo up, epoll", "rondo up, sockets"];
        foreach (var (place, name) in names.Index())
        {
            Print(name, results.Select(r => r[place]));
            if (place > 0)
            {
                var ratios = results.Select(r => r[place].Microseconds / r[0].Microseconds);
                Console.WriteLine($"  {"",-24} {Spread(ratios, "0.00")} of the bare one's, round by round");
            }
        }
    }

    private static async Task<Sample> MeasureAsync(ServerProcess server)
    {
        var (cpu, allocated) = (server.CpuSeconds, await server.AllocatedAsync());
        var requests = Run(server.Port);
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
