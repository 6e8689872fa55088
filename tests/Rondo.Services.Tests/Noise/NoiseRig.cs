using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Noise;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise;

/// <summary>A server whose clock a test moves, with a room and a device that posts.</summary>
internal sealed class NoiseRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    private long _seq;

    private NoiseRig(TestServer server, ManualTime time, string admin, string token) =>
        (Server, Time, Admin, Token) = (server, time, admin, token);

    public TestServer Server { get; }

    public ManualTime Time { get; }

    public string Admin { get; }

    public string Token { get; }

    public static async Task<NoiseRig> StartAsync(
        TestFolder? folder = null, ManualTime? time = null, string? token = null, long seq = 0,
        string? settings = null, object? room = null)
    {
        time ??= new ManualTime(Start);
        var server = await TestServer.StartAsync(time: time, folder: folder, settings: settings);
        var admin = token is null ? server.CreateAdminKey() : "";
        token ??= await NoiseClient.EnrolAsync(
            server, admin, settings: room ?? new { kind = "classroom", name = "Class 4b" });
        return new NoiseRig(server, time, admin, token) { _seq = seq };
    }

    /// <summary>Lets a time pass of which the device reports one level.</summary>
    public async Task MeasureAsync(double level, double seconds = 1, params string[] flags)
    {
        var start = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromSeconds(seconds));
        var frame = NoiseClient.Frame(++_seq, start, level, seconds: seconds, flags: flags);
        var (response, body) = await PublishTests.PostAsync(Server, Token, frame.ToJsonString(), "application/json");
        Assert.True(response.StatusCode is HttpStatusCode.OK, body);
        Assert.Equal($$"""{"ack":{{_seq}},"refused":[]}""", body);
        await SettleAsync();
    }

    /// <summary>Lets a time pass of which nothing is known.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        await SettleAsync();
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        var (response, body) = await Server.GetAsync(path, "Accept: application/json");
        Assert.True(response.StatusCode is HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    public Task<(HttpResponseMessage Response, string Body)> AdminAsync(
        string method, string path, object? body = null) =>
        Server.SendAsync(method, path, body is null ? null : JsonContent.Create(body), Keys.Bearer(Admin));

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    // What is due on the loop at this time, and what is stored because of that.
    private async Task SettleAsync()
    {
        var loop = Server.Services.GetRequiredService<NoiseLoop>();
        var monitor = Server.Services.GetRequiredService<NoiseMonitor>();
        await loop.AskAsync(() => true);
        await loop.AskAsync(() =>
        {
            monitor.Tick();
            return true;
        });
    }
}
