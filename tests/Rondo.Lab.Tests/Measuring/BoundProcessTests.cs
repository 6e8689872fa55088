using System.Diagnostics;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Measuring;

public sealed class BoundProcessTests
{
    [Fact]
    public async Task Start_OnOneProcessor_RunsThereAndNowhereElse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere processes are not bound.");
        var last = BoundProcess.Processors[^1];
        var start = new ProcessStartInfo("grep", ["Cpus_allowed_list", "/proc/self/status"]) { RedirectStandardOutput = true };

        using var process = BoundProcess.Start(start, [last])!;
        var told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith($"\t{last}\n", told, StringComparison.Ordinal);
        using var other = BoundProcess.Start(start, [])!;
        var all = await other.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(BoundProcess.Processors.Count == 1 || all != told, "The next one is bound, too.");
    }
}
