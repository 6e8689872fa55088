using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a forecast from the cache costs: <c>GET /forecast</c> beside <c>GET /convert/GBP/100</c> of the same process,
/// in turn, wrk with 64 connections on the other core. Then the same with the server on both cores, for the locks that
/// its threads have to wait for.
/// </summary>
internal static class WeatherBench
{
    private const int Connections = 64;
    private const int Rounds = 7;
    private const int Seconds = 3;
    private const string Forecast = "/forecast";
    private const string Convert = "/convert/GBP/100";

    public static async Task RunAsync()
    {
        await MeasureAsync("epoll", 9721);
        await MeasureAsync("sockets", 9722);
        await CountLocksAsync(9723);
    }

    private static async Task MeasureAsync(string transport, int port)
    {
        using var folder = new ScratchFolder();
        await using var rondo = await StartAsync(folder, port, transport);
        foreach (var path in (string[])[Forecast, Convert, Forecast, Convert])
        {
            Wrk.Run(port, path, Connections, Seconds);
        }

        var rounds = new List<(double Forecast, double Convert)>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add((Microseconds(rondo, Forecast), Microseconds(rondo, Convert)));
        }

        Console.WriteLine(
            $"\n{transport}, {Connections} connections, {Rounds} rounds of {Seconds} s in turn: median [min .. max]");
        Console.WriteLine($"  {Forecast,-18} {HttpBench.Spread(rounds.Select(r => r.Forecast), "0.0")} us/request");
        Console.WriteLine($"  {Convert,-18} {HttpBench.Spread(rounds.Select(r => r.Convert), "0.0")} us/request");
        Console.WriteLine(
            $"  {"ratio",-18} {HttpBench.Spread(rounds.Select(r => r.Forecast / r.Convert), "0.00")}, round by round");
    }

    private static double Microseconds(ServerProcess rondo, string path)
    {
        var cpu = rondo.CpuSeconds;
        var requests = Wrk.Run(rondo.Port, path, Connections, Seconds).Requests;
        return (rondo.CpuSeconds - cpu) / requests * 1e6;
    }

    private static async Task CountLocksAsync(int port)
    {
        using var folder = new ScratchFolder();
        await using var rondo = await ServerProcess.StartAsync(
            "rondo up", port, "taskset",
            [
                "-c", "0,1", ServerProcess.Rondo, "up", "--offline", "--urls", $"http://127.0.0.1:{port}",
                "--data", folder.Path, .. Arguments(folder, "epoll"),
            ]);
        Console.WriteLine($"\nepoll on both cores, {Connections} connections: locks that a thread had to wait for");
        foreach (var path in (string[])[Convert, Forecast, Convert, Forecast])
        {
            var before = await ContentionsAsync(rondo);
            var requests = Wrk.Run(port, path, Connections, Seconds).Requests;
            var waits = await ContentionsAsync(rondo) - before;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {path,-18} {waits} in {requests} requests"));
        }
    }

    private static async Task<long> ContentionsAsync(ServerProcess rondo)
    {
        var metrics = await rondo.Client.GetStringAsync("/metrics");
        var line = metrics.Split('\n')
            .First(l => l.StartsWith("dotnet_monitor_lock_contentions", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    private static Task<ServerProcess> StartAsync(ScratchFolder folder, int port, string transport) =>
        ServerProcess.StartRondoAsync(port, folder.Path, Arguments(folder, transport));

    // From a file, which has no part in an answer once it is read; no server is asked.
    private static string[] Arguments(ScratchFolder folder, string transport)
    {
        var now = DateTime.UtcNow;
        var days = string.Join(',', Enumerable.Range(-1, 4).Select(day => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"date":"{{now.AddDays(day):yyyy-MM-dd}}","min":3,"max":{{12.8 + day}} }""")));
        var weather = folder.Write("weather.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {"places":[{"latitude":48.1371,"longitude":11.5754,"observed_at":"{{now:yyyy-MM-ddTHH:mm:ssZ}}",
             "now":{"temperature":10.1,"code":61},"days":[{{days}}]}]}
            """));
        folder.Write("appsettings.json", $$"""{"Weather":{"Place":"Munich","File":"{{weather}}"} }""");
        return ["--rates", folder.Write("rates.csv", ServerProcess.Rates), "--transport", transport];
    }
}
