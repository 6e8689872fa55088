using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Board;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Supervision;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Supervision;

/// <summary>The process that the user starts with <c>--split</c>, before any of the others is there.</summary>
public sealed class SplitServerTests
{
    private static readonly ServerOptions Split = new() { Offline = true, Split = true };

    [Fact]
    public async Task Paths_OfServicesThatAreNotThere_SayComeAgain()
    {
        await using var server = await TestServer.StartAsync(options: Split);
        foreach (var path in ServiceTable.Apart.Select(r => r.PublicPath)
            .Concat(["/v1/latest", "/chat", "/noise/measure/lab", "/a/message/new", "/websocket"]))
        {
            var (response, body) = await server.GetAsync(path);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
            Assert.Contains("/problems/no-healthy-instance", body, StringComparison.Ordinal);
        }

        foreach (var path in new[]
        {
            "/", "/board", "/noise", "/noise/", "/registry/status", "/v1/agent/services", "/auth/.well-known/jwks.json",
            "/login", "/assets/chat.js", "/readyz", "/supervision",
        })
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(path)).Response.StatusCode);
        }
    }

    [Fact]
    public async Task Board_WithoutServices_ShowsWhatItDoesOfUnknownSources()
    {
        await using var server = await TestServer.StartAsync(options: Split);

        var (_, body) = await server.GetAsync("/board", "Accept: application/json");
        var board = JsonNode.Parse(body)!;

        Assert.Empty(board["rooms"]!.AsArray());
        Assert.Empty(board["chat"]!.AsArray());
        Assert.Null(board["weather"]);
        Assert.Null(board["rates"]);
        Assert.Equal(
            ["chat", "currency", "noise", "weather"],
            board["services"]!.AsArray().Where(s => s!["state"]!.GetValue<string>() == "down")
                .Select(s => s!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Key_OfAService_IsUsedAgainWhileItCountsAndGoodForItAlone()
    {
        await using var server = await TestServer.StartAsync(options: Split);
        server.Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone();
        var keys = server.Services.GetRequiredService<ServiceKeys>();

        var file = keys.FileOf("chat");
        var first = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(first, await File.ReadAllTextAsync(keys.FileOf("chat"), TestContext.Current.CancellationToken));
        var store = server.Services.GetRequiredService<KeyStore>();
        var key = store.All.Single(k => k.Name == "Rondo chat");
        Assert.True(key.Allows("registry:write:chat"));
        Assert.False(key.Allows("registry:write:noise"));
        Assert.False(key.Allows("auth:admin"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        store.Revoke(key, AuditActor.Terminal);
        var second = await File.ReadAllTextAsync(keys.FileOf("chat"), TestContext.Current.CancellationToken);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Tile_OfServices_SaysWhenWhatIsDownIsBack()
    {
        await using var server = await TestServer.StartAsync(options: Split);
        var facts = (await server.Services.GetRequiredService<BoardReader>().ReadAsync()) with
        {
            At = TestServer.Friday,
            Children =
            [
                new ChildStatus("chat")
                {
                    Phase = ChildPhase.BackingOff, Since = TestServer.Friday, Next = TestServer.Friday.AddSeconds(7.2),
                    Ends = [TestServer.Friday.AddMinutes(-50), TestServer.Friday],
                },
                new ChildStatus("noise") { Phase = ChildPhase.Starting, Since = TestServer.Friday },
            ],
        };

        Assert.Contains(
            "restarts in 8 s, restarted 2 times in the last hour",
            BoardText.Write(facts, BoardWords.Of(PageLanguage.English)), StringComparison.Ordinal);
        Assert.Contains(
            "startet in 8 s neu, in der letzten Stunde 2-mal neu gestartet",
            ServiceTile.Of(facts, BoardWords.Of(PageLanguage.German)).ToString(), StringComparison.Ordinal);
    }
}
