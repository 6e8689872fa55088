using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Rondo.Transport.Tests;

/// <summary>Mixed traffic in real time. <c>./dev soak</c> runs it for minutes.</summary>
public sealed class SoakTests
{
    private const int Seconds = 9;

    // A slow machine takes longer: each kind of traffic has its turn.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task MixedTraffic_IsAnsweredRight_AndLeavesNothing()
    {
        var executable = typeof(SoakTests).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SoakProgram").Value!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        using var process = Process.Start(
            new ProcessStartInfo(executable, [Seconds.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, await output + await errors);
    }
}
