using System.Collections.Concurrent;
using System.Globalization;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// False alarms kill trust: a program that does everything right runs in debug mode, in real time, and nothing is
/// reported. <c>./dev silence</c> runs it for a minute.
/// </summary>
public sealed class SilenceTests
{
    private const string Seconds = "RONDO_SILENCE_SECONDS";

    // Alone in its process: the tests beside it take samples, which stop all threads a thousand times a second.
    [Fact]
    public async Task HealthyLoad_InDebugMode_IsNotReported()
    {
        var (exitCode, output) = await ChildRun.RunAsync($"{typeof(SilenceTests).FullName}.{nameof(RunHealthyLoad)}");

        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public void RunHealthyLoad()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable(Seconds) ?? "3", CultureInfo.InvariantCulture);
        var load = new HealthyLoad(TimeSpan.FromSeconds(seconds));
        var reports = new ConcurrentQueue<LoopReport>();

        EventLoop.Run(load.RunAsync, new LoopOptions { Debug = true, ReportHandler = reports.Enqueue });

        Assert.True(reports.IsEmpty, string.Join('\n', reports.Select(r => r.Message)));
        Assert.InRange(load.Count, 100, int.MaxValue);

        // There was nothing to report, so nothing was needed for it.
        Assert.DoesNotContain(
            AppDomain.CurrentDomain.GetAssemblies(),
            a => a.FullName!.StartsWith("Microsoft.Diagnostics", StringComparison.Ordinal));
    }
}
