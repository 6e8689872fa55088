using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>What eng/throwaway-postgres.sh leaves behind: nothing.</summary>
public sealed class ThrowawayPostgresTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(2);

    // Whoever ends a run at its time limit, or closes its terminal, ends everything in its group.
    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Signal_ToTheGroupThatStartedIt_IsNoReasonToStay(string signal)
    {
        PostgresCluster.SkipWithout();
        var port = PostgresCluster.FreePort();
        using var starter = Process.Start(new ProcessStartInfo(
            "setsid", ["/bin/sh", Repository.PathOf("eng/throwaway-postgres.sh"), $"{port}", "fsync = off"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var said = starter.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await starter.StandardInput.WriteLineAsync("secret");
        var folder = await starter.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.True(Directory.Exists(folder), folder is null ? await said : folder);

        using (var kill = Process.Start("/bin/kill", ["-s", signal, "--", $"-{starter.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, kill.ExitCode);
        }

        await starter.WaitForExitAsync(TestContext.Current.CancellationToken);
        starter.StandardInput.Close();

        using var limit = new CancellationTokenSource(Guard);
        while (Directory.Exists(folder))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(
            () => client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken).AsTask());
    }
}
