using System.Diagnostics;
using System.Net.Sockets;

namespace Rondo.Benchmarks;

/// <summary>
/// What a start costs: from the start of the process to the first answer of <c>rondo up</c>, and a whole
/// <c>rondo convert</c>; as built, and as published with ReadyToRun.
/// </summary>
internal static class StartBench
{
    private const int Port = 9714;
    private const int Runs = 11;

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        var published = Path.Combine(folder.Path, "published");
        await PublishAsync(published);
        Console.WriteLine($"\nStart: median [min .. max] of {Runs}, wall milliseconds");
        var readyToRun = Path.Combine(published, "rondo");
        foreach (var (name, executable) in new[] { ("as built", ServerProcess.Rondo), ("ReadyToRun", readyToRun) })
        {
            var (ready, convert) = (new List<double>(), new List<double>());
            for (var run = 0; run <= Runs; run++)
            {
                ready.Add(await UntilReadyAsync(executable, Path.Combine(folder.Path, "data")));
                convert.Add(await RunToEndAsync(
                    executable, "convert", "USD", "100", "--data", Path.Combine(folder.Path, "data")));
            }

            // The first run fills the file cache.
            Console.WriteLine(
                $"  {name,-10} up until ready {HttpBench.Spread(ready.Skip(1), "0")}, "
                    + $"convert {HttpBench.Spread(convert.Skip(1), "0")}");
        }
    }

    /// <summary>Publishes the program into a folder, compiled ahead.</summary>
    public static Task PublishAsync(string folder) => RunToEndAsync(
        "dotnet", "publish", "src/Rondo.Cli",
        "-c", "Release", "-r", "linux-x64", "-o", folder, "-v", "quiet", "--nologo");

    private static async Task<double> UntilReadyAsync(string executable, string data)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(
            executable, ["up", "--offline", "--data", data, "--urls", $"http://127.0.0.1:{Port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (!await IsReadyAsync())
        {
            await Task.Delay(2);
        }

        var elapsed = clock.Elapsed.TotalMilliseconds;
        process.Kill();
        await process.WaitForExitAsync();
        return elapsed;
    }

    // A plain socket: HttpClient's own first use would be part of the figure.
    private static async Task<bool> IsReadyAsync()
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", Port);
            var stream = socket.GetStream();
            await stream.WriteAsync("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
            var answer = new byte[12];
            await stream.ReadExactlyAsync(answer);
            return answer.AsSpan().EndsWith("200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<double> RunToEndAsync(string executable, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(
            new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? clock.Elapsed.TotalMilliseconds
            : throw new InvalidOperationException(
                $"{executable} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
