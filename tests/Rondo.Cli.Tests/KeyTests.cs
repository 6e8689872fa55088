using System.Net;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>Keys as somebody at the terminal makes and ends them, beside the running server.</summary>
public sealed partial class KeyTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Key_CreatedAndRevokedInTheTerminal_CountsInTheServer()
    {
        // The key is asked for again and again until the server knows it.
        await File.WriteAllTextAsync(
            Path.Combine(_data, "appsettings.json"),
            """{"Auth": {"AttemptsPerAddress": 100000, "AttemptsPerPrefix": 100000}}""",
            TestContext.Current.CancellationToken);
        await using var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0");
        var printed = await rondo.ReadUntilAsync("/currency/status");
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(printed).Value) };

        var (created, output, _) = await RondoProcess.RunAsync(_data, "key", "create", "reader", "--scope", "metrics:read");
        var key = Key().Match(output).Value;
        await UntilAsync(client, key, HttpStatusCode.OK);
        var (listed, list, _) = await RondoProcess.RunAsync(_data, "key", "list");
        var id = key.Split('_')[1];
        var (revoked, _, _) = await RondoProcess.RunAsync(_data, "key", "revoke", id);
        await UntilAsync(client, key, HttpStatusCode.Unauthorized);
        var (again, reset, _) = await RondoProcess.RunAsync(_data, "key", "reset-admin");
        await UntilAsync(client, Key().Match(reset).Value, HttpStatusCode.OK);
        await UntilAsync(client, Key().Match(printed).Value, HttpStatusCode.Unauthorized);
        rondo.Signal("TERM");
        await rondo.ExitAsync();
        var (verified, audit, _) = await RondoProcess.RunAsync(_data, "audit", "verify");

        Assert.Equal((0, 0, 0, 0, 0), (created, listed, revoked, again, verified));
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);
        Assert.Matches(@"^\d+ events are linked\.\nhead [0-9a-f]{64}\n$", audit);
    }

    [Theory]
    [InlineData(2, "key", "create", "a")]
    [InlineData(2, "key", "create", "a", "--scope", "nothing")]
    [InlineData(2, "key", "create", "a", "--scope", "a:b", "--expires", "2020-01-01T00:00:00Z")]
    [InlineData(1, "key", "list", "--data", "/nowhere")]
    [InlineData(1, "audit", "verify", "--data", "/nowhere")]
    [InlineData(2, "up", "--demo", "--urls", "http://0.0.0.0:0")]
    public async Task Command_Misused_SaysWhatToDo(int expected, params string[] arguments)
    {
        // A folder with keys, where one is needed.
        await using (var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0"))
        {
            await rondo.ReadUntilAsync("/currency/status");
            rondo.Signal("TERM");
            await rondo.ExitAsync();
        }

        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, arguments);

        Assert.Equal(expected, exitCode);
        Assert.Empty(output);
        Assert.Contains("rondo: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(HttpClient client, string key, HttpStatusCode status)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/check");
            request.Headers.Add("X-API-Key", key);
            using var response = await client.SendAsync(request, limit.Token);
            if (response.StatusCode == status)
            {
                return;
            }
        }
    }

    [GeneratedRegex(@"ak_\w{8}_\w{49}")]
    private static partial Regex Key();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
