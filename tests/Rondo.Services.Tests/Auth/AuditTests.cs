using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class AuditTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Changes_OfKeys_AreLinkedAndCanBeSearched()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "a\"<b>", scopes = new[] { "weather:read" } });
        await server.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", "{}", Keys.Bearer(admin));
        await UntilAsync(server, admin, "/auth/audit?action=auth.key.revoke", 1);

        var events = await UntilAsync(server, admin, "/auth/audit", 3);
        var (_, report) = await server.GetAsync("/auth/audit/verify", Keys.Bearer(admin));

        Assert.Equal(
            ["auth.key.create", "auth.key.create", "auth.key.revoke"], events.Select(e => e!.Text("type")));
        Assert.Equal("start", events[0]!["data"]!.Text("actor"));
        Assert.Equal(ApiKey.TryParse(admin)!.Prefix, events[2]!["data"]!.Text("actor"));
        Assert.Equal(made.Text("id"), events[2]!["data"]!.Text("object"));
        Assert.Equal(events[1]!["data"]!.Text("hash"), events[2]!["data"]!.Text("prev"));
        Assert.Single(await UntilAsync(server, admin, "/auth/audit?actor=start", 1));
        Assert.Equal((true, 3), (JsonNode.Parse(report)!["intact"]!.GetValue<bool>(), JsonNode.Parse(report)!["events"]!.GetValue<int>()));
    }

    [Fact]
    public async Task WrongKeys_TenThousand_AreOneEventAndSoonNotChecked()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        var check = server.Services.GetRequiredService<KeyCheck>();
        var wrong = admin[..^1] + (admin[^1] == 'x' ? 'y' : 'x');
        for (var i = 0; i < 9_950; i++)
        {
            check.Check("nonsense", System.Net.IPAddress.Loopback, null);
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("429 too-many-attempts", await server.VerdictAsync("POST", "/auth/check", null, Keys.Bearer(wrong)));
        }

        time.Advance(TimeSpan.FromMinutes(5));
        var told = await UntilAsync(server, admin, "/auth/audit?action=auth.refused", 1, () => time.Advance(TimeSpan.FromSeconds(5)));

        Assert.Equal(30, check.Count(KeyOutcome.Malformed));
        Assert.Equal(9_970, check.Count(KeyOutcome.TooManyAttempts));
        Assert.Equal(50, told.Sum(e => e!["data"]!["count"]?.GetValue<int>() ?? 1));
        Assert.Equal("TooManyAttempts", told[0]!["data"]!.Text("result"));
    }

    [Fact]
    public async Task Refusals_StoreIsFull_AreToldOnceThereIsRoom()
    {
        await TestDatabase.ReadyAsync();
        using var folder = new TestFolder();
        using var database = TestDatabase.Open(folder);
        var store = new MemoryStore { IsFull = true };
        using var trail = new AuditTrail(
            store, new AuditOutbox(database), TimeProvider.System, NullLogger<AuditTrail>.Instance);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            trail.Refused("Unknown", new AuditActor("-", "192.0.2.1"), null);
        }

        await trail.StopAsync(TestContext.Current.CancellationToken);
        store.IsFull = false;
        await trail.StopAsync(TestContext.Current.CancellationToken);

        var told = Assert.Single(store.Events);
        Assert.Equal(3, JsonNode.Parse(told.Data.Span)!["count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("UPDATE events SET data = replace(CAST(data AS TEXT), 'start', 'nobody') WHERE type LIKE 'auth.%'", "Event 1")]
    [InlineData("UPDATE events SET type = 'auth.key.delete' WHERE id & 1099511627775 = 2 AND type LIKE 'auth.%'", "Event 2")]
    [InlineData("UPDATE events SET data = '{}' WHERE id & 1099511627775 = 2 AND type LIKE 'auth.%'", "Event 2")]
    public async Task Verify_ChangedOutside_NamesTheEvent(string change, string told)
    {
        TestDatabase.SkipWithoutFiles("What it changes is a file.");
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            var admin = server.CreateAdminKey();
            await server.CreateAsync(admin, new { name = "a", scopes = new[] { "weather:read" } });
            await UntilAsync(server, admin, "/auth/audit", 2);
        }

        var output = new StringWriter();
        Assert.Equal(ExitCode.Ok, AuditTool.Verify(null, folder.Path, output, TextWriter.Null));
        var head = output.ToString().Split("head ")[1].Trim();
        Assert.Equal(ExitCode.Ok, AuditTool.Verify(head, folder.Path, TextWriter.Null, TextWriter.Null));
        Assert.Equal(ExitCode.Failed, AuditTool.Verify(new string('1', 64), folder.Path, TextWriter.Null, TextWriter.Null));

        await using (var file = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "events.db")};Pooling=False"))
        {
            await file.OpenAsync(TestContext.Current.CancellationToken);
            var command = file.CreateCommand();
            command.CommandText = change.Replace("replace(CAST(data AS TEXT), 'start', 'nobody')", "CAST(replace(CAST(data AS TEXT), 'start', 'nobody') AS BLOB)");
            Assert.True(await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken) > 0);
        }

        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Failed, AuditTool.Verify(null, folder.Path, output, TextWriter.Null));
        Assert.Contains(told, output.ToString());
    }

    /// <summary>The events, once there are so many: they are written behind the answer.</summary>
    private static async Task<JsonArray> UntilAsync(TestServer server, string admin, string path, int count, Action? meanwhile = null)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (true)
        {
            var (_, body) = await server.GetAsync(path, Keys.Bearer(admin));
            if (JsonNode.Parse(body)!["events"]!.AsArray() is var events && events.Count >= count)
            {
                return events;
            }

            limit.Token.ThrowIfCancellationRequested();
            meanwhile?.Invoke();
            await Task.Yield();
        }
    }
}
