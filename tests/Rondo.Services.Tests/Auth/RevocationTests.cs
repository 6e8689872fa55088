using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>What a key has opened ends with it: on real sockets, and in real time when another process ends it.</summary>
public sealed class RevocationTests
{
    private const int Unauthorised = 4401;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WebSocket_KeyRevoked_IsClosedAndAGuestsStays()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "c", scopes = new[] { "chat:post" } });
        using var holder = await ChatClient.HelloAsync(server.Address, key: made.Text());
        using var guest = await ChatClient.HelloAsync(server.Address);
        await holder.UntilAsync("live");
        await guest.UntilAsync("live");

        await server.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", "{}", Keys.Bearer(admin));

        Assert.Equal(Unauthorised, await holder.CloseCodeAsync().WaitAsync(Guard, TestContext.Current.CancellationToken));
        await guest.SendAsync("""{"type":"ping"}""");
        await guest.UntilAsync("pong");
    }

    [Fact]
    public async Task WebSocket_OpenedWithAnOldText_IsClosedWhenTheGraceIsOver()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "c", scopes = new[] { "chat:post" } });
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", made.Text());
        await socket.ConnectAsync(
            new UriBuilder(server.Address) { Scheme = "ws", Path = "/chat/ws" }.Uri, TestContext.Current.CancellationToken);
        await server.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/rotate", """{"grace":"10s"}""", Keys.Bearer(admin));
        var received = socket.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
        Assert.False(received.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(10));

        await received.WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.Equal(Unauthorised, (int)socket.CloseStatus!.Value);
    }

    [Fact]
    public async Task EventStream_KeyRevokedByAnotherProcess_EndsWithinASecondOrSo()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "a", scopes = new[] { "auth:audit" } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/audit");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("X-API-Key", made.Text());
        using var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var events = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var reading = new StreamReader(events).ReadToEndAsync(TestContext.Current.CancellationToken);

        // As the command does it: another connection to the same file.
        Assert.Equal(ExitCode.Ok, KeyTool.Revoke(
            made.Text("id"), server.DatabaseFile, server.DataFolder, TextWriter.Null, TextWriter.Null));

        Assert.StartsWith("retry:", await reading.WaitAsync(Guard, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("401 invalid-credential", await server.VerdictAsync("GET", "/auth/audit", null, Keys.Bearer(made.Text())));
    }

    [Fact]
    public async Task Tool_CreatesListsAndResets_BesideTheServer()
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Auth": {"AttemptsPerAddress": 100000, "AttemptsPerPrefix": 100000}}""");
        var first = server.CreateAdminKey();
        var (output, error) = (new StringWriter(), new StringWriter());

        Assert.Equal(ExitCode.Usage, KeyTool.Create(
            new NewKeyOptions { Name = "x", Scopes = ["no"] }, server.DatabaseFile, server.DataFolder, false, output, error));
        Assert.Contains("'no' is no scope", error.ToString());
        Assert.Equal(ExitCode.Ok, KeyTool.Create(
            new NewKeyOptions { Name = "x", Scopes = ["weather:read"], Expires = "30d", Rate = "5/s", Quota = 9 },
            server.DatabaseFile, server.DataFolder, asJson: true, output, error));
        var made = JsonNode.Parse(output.ToString())!;
        await WaitForAsync(server, "200 -", made.Text());
        Assert.Equal(ExitCode.Failed, KeyTool.Revoke("nothing0", server.DatabaseFile, server.DataFolder, output, error));

        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Ok, KeyTool.ResetAdmin(server.DatabaseFile, server.DataFolder, false, output, error));
        var admin = output.ToString().Split('\n')[0];
        await WaitForAsync(server, "200 -", admin);
        await WaitForAsync(server, "401 invalid-credential", first);

        output.GetStringBuilder().Clear();
        KeyTool.List(server.DatabaseFile, server.DataFolder, false, output, error);
        Assert.Contains("revoked", output.ToString());
        Assert.DoesNotContain(admin, output.ToString());
    }

    private static async Task WaitForAsync(TestServer server, string verdict, string key)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (await server.VerdictAsync("POST", "/auth/check", null, Keys.Bearer(key)) != verdict)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
