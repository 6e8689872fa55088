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

    [Fact]
    public void HealthyLoad_InDebugMode_IsNotReported()
    {
        var asked = Environment.GetEnvironmentVariable(Seconds);
        var load = new HealthyLoad(TimeSpan.FromSeconds(double.Parse(asked ?? "3", CultureInfo.InvariantCulture)));
        var reports = new ConcurrentQueue<LoopReport>();

        EventLoop.Run(load.RunAsync, new LoopOptions { Debug = true, ReportHandler = reports.Enqueue });

        Assert.Empty(reports.Select(r => r.Message));
        Assert.InRange(load.Count, 100, int.MaxValue);
        if (asked is not null)
        {
            // The process has done nothing else then, and nothing was to be reported.
            Assert.DoesNotContain(
                AppDomain.CurrentDomain.GetAssemblies(),
                a => a.FullName!.StartsWith("Microsoft.Diagnostics", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task RunWithoutReports_LoadsNoDiagnosticsPackage()
    {
        var (exitCode, output) = await ChildRun.RunAsync(
            $"{typeof(SilenceTests).FullName}.{nameof(HealthyLoad_InDebugMode_IsNotReported)}", (Seconds, "0.5"));

        Assert.True(exitCode == 0, output);
    }
}
