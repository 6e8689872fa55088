using System.Diagnostics;

namespace Rondo.Benchmarks;

/// <summary>
/// What the start of a worker takes, beside that of an empty program: two small programs of <c>bench/start</c>, the one
/// with a pool as built and as published with ReadyToRun.
/// </summary>
internal static class WorkerStartBench
{
    private const int Starts = 11;

    /// <summary>Builds the programs into a folder.</summary>
    public static async Task BuildAsync(string folder)
    {
        string[] publish = ["dotnet", "publish", "-c", "Release", "-v", "quiet", "--nologo"];
        await ExecutorBench.OutputAsync([.. publish, "bench/start/hello.cs", "-o", Path.Combine(folder, "hello")]);
        await ExecutorBench.OutputAsync([.. publish, "bench/start/pool.cs", "-o", Path.Combine(folder, "pool")]);
        await ExecutorBench.OutputAsync(
        [
            .. publish, "bench/start/pool.cs", "-o", Path.Combine(folder, "pool-ready"),
            "-r", "linux-x64", "--no-self-contained", "-p:PublishReadyToRun=true",
        ]);
    }

    public static string[] Pool(string folder, string build) => ["dotnet", Path.Combine(folder, build, "pool.dll")];

    /// <summary>From the start of an empty program to its first byte, ms; the median.</summary>
    public static async Task<double> HelloAsync(string folder)
    {
        var times = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", [Path.Combine(folder, "hello", "hello.dll")])
                {
                    RedirectStandardOutput = true,
                })!;
            if (process.StandardOutput.BaseStream.ReadByte() < 0)
            {
                throw new InvalidOperationException("The empty program has written nothing.");
            }

            times.Add(clock.Elapsed.TotalMilliseconds);
            await process.WaitForExitAsync();
        }

        return times.Order().ElementAt(Starts / 2);
    }
}
