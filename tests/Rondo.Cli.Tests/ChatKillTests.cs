using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Rondo.Cli.Tests;

/// <summary>The real program, killed in the middle of a conversation. <c>./dev chaos</c> does it for minutes.</summary>
public sealed class ChatKillTests
{
    private const int Seconds = 4;

    // A slow machine takes longer: everything happens once at least.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task KilledInMidConversation_EveryAcknowledgedMessageIsThereOnce()
    {
        var executable = typeof(ChatKillTests).Assembly
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ChaosProgram").Value!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        using var process = Process.Start(
            new ProcessStartInfo(executable, ["--seconds", Seconds.ToString(CultureInfo.InvariantCulture)])
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
