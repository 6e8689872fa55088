using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Registry.Client;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>
/// A gateway in a server of its own, which finds everything by a registry. What it follows comes over a network, in
/// real time.
/// </summary>
public sealed class GatewayAloneTests
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task GatewayAlone_KeysScopesAndRoutes_AreThoseOfTheOthers()
    {
        await using var upstream = new RecordingUpstream();
        await using var up = await TestServer.StartAsync();
        var admin = up.CreateAdminKey();
        var registry = new RegistryCalls(up, admin);
        await using var gateway = await up.ServeAsync("gateway", await up.KeyFileAsync(admin));
        await UntilAsync(gateway, "200 -", "/readyz", null);
        var reader = await KeyAsync("weather:read", "printer:read");
        var other = await KeyAsync("chat:post");

        Assert.Equal("401 missing-credential", await gateway.VerdictAsync("GET", "/weather", null));
        Assert.Equal("200 -", await gateway.VerdictAsync("GET", "/weather", null, Keys.Bearer(reader)));
        Assert.Equal("403 insufficient-scope", await gateway.VerdictAsync("GET", "/weather", null, Keys.Bearer(other)));
        Assert.Equal("200 -", await gateway.VerdictAsync("GET", "/forecast", null));
        Assert.Equal("200 -", await gateway.VerdictAsync("GET", "/login", null));
        Assert.Equal("404 not-found", await gateway.VerdictAsync("GET", "/printer/x", null, Keys.Bearer(reader)));

        var token = await registry.RegisterAsync("printer", "p1", ""","routes":["/printer/**"]""", upstream.Url);
        await UntilAsync(gateway, "200 -", "/printer/x", reader);
        Assert.Equal("401 missing-credential", await gateway.VerdictAsync("GET", "/printer/x", null));
        Assert.Equal(
            "403 insufficient-scope", await gateway.VerdictAsync("GET", "/printer/x", null, Keys.Bearer(other)));
        await AssertSignedAsync(gateway, upstream.Heads.First());

        await registry.HoldAsync("POST", "printer", "p1", "/drain", token);
        await UntilAsync(gateway, "503 no-healthy-instance", "/printer/x", reader);
        await registry.HoldAsync("DELETE", "printer", "p1", "", token);
        await UntilAsync(gateway, "404 not-found", "/printer/x", reader);

        async Task<string> KeyAsync(params string[] scopes) =>
            (await up.CreateAsync(admin, new { name = "k", scopes })).Text();
    }

    [Fact]
    public async Task GatewayAlone_RegistryAndAuthGone_ServesWhatItKnowsAndNobodysKey()
    {
        using var logs = new LogCapture();
        await using var upstream = new RecordingUpstream();
        await using var up = await TestServer.StartAsync();
        var admin = up.CreateAdminKey();
        await using var gateway = await up.ServeAsync("gateway", await up.KeyFileAsync(admin), logs);
        await new RegistryCalls(up, admin).RegisterAsync(
            "printer", "p1", ""","routes":["/printer/**"]""", upstream.Url);
        await UntilAsync(gateway, "200 -", "/printer/x", admin);
        var (put, _) = await gateway.SendAsync(
            "PUT", "/gateway/routes/open",
            RegistryCalls.Json("""{"match":{"path":"/open"},"service":"printer","auth":{"required":false}}"""),
            Keys.Bearer(admin));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        await up.StopAsync();

        await UntilAsync(gateway, "503 auth-unavailable", "/printer/x", admin);
        Assert.Equal("200 -", await gateway.VerdictAsync("GET", "/open", null));
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync("/healthz")).Response.StatusCode);
    }

    [Fact]
    public void GatewayAlone_WithoutARegistry_IsRefused()
    {
        using var folder = new TestFolder();

        var refused = Assert.Throws<StartException>(() => RondoServer.Build(
            new ServerOptions { DataFolder = folder.Path, Service = "gateway", Urls = "http://127.0.0.1:0" }));

        Assert.Contains("--registry", refused.Message);
    }

    [Fact]
    public void FollowedRegistry_ToldOfChanges_IsAsTheRegistryAndKeepsWhatIsKnownOfAnInstance()
    {
        var time = new ManualTime(TestServer.Friday);
        var key = KeyFileOf(out var folder);
        using var owned = folder;
        using var link = new RegistryLink(new Uri("http://127.0.0.1:1"), key, time);
        using var followed = new FollowedRegistry(
            link, time, Microsoft.Extensions.Logging.Abstractions.NullLogger<FollowedRegistry>.Instance);
        Assert.Null(followed.Current);

        followed.Take(new(RegistryChangeKind.Reset, [Told("a", 1), Told("b", 2) with { State = "draining" }]));
        Assert.Equal(["a"], Ready());
        var load = followed.Current!.Find("printer")!.Find("a")!.Load;
        followed.Take(new(RegistryChangeKind.Up, [Told("c", 3)]));
        followed.Take(new(RegistryChangeKind.Changed, [Told("a", 4) with { State = "warning" }]));
        Assert.Equal(["a", "c"], Ready());
        Assert.Same(load, followed.Current!.Find("printer")!.Find("a")!.Load);
        followed.Take(new(RegistryChangeKind.Down, [Told("c", 5) with { State = "expired" }]));
        Assert.Equal(["a"], Ready());
        Assert.Equal(5, followed.Current!.Index);
        followed.Take(new(RegistryChangeKind.Reset, [Told("a", 6)]));
        Assert.Same(load, followed.Current!.Find("printer")!.Find("a")!.Load);
        followed.Take(new(RegistryChangeKind.Down, [Told("a", 7) with { Removed = true }]));
        Assert.Null(followed.Current!.Find("printer"));

        IEnumerable<string> Ready() =>
            followed.Current!.Find("printer")!.Everywhere.Instances.Where(i => i.IsReady).Select(i => i.Id);
    }

    private static ServiceEndpoint Told(string id, long index) => new()
    {
        Name = "printer",
        Id = id,
        Url = new Uri("http://10.0.0.1:80"),
        State = "passing",
        Index = index,
    };

    private static KeyFile KeyFileOf(out TestFolder folder)
    {
        folder = new TestFolder();
        var path = folder.Write("a.key", Rondo.Services.Auth.ApiKey.Create().Text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return KeyFile.Open(path);
    }

    private static async Task AssertSignedAsync(TestServer gateway, string head)
    {
        var token = head.Split("Authorization: Bearer ")[1].Split("\r\n")[0];
        var named = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!.Text("kid");
        var (_, keys) = await gateway.GetAsync("/gateway/.well-known/jwks.json");
        Assert.Equal(JsonNode.Parse(keys)!["keys"]![0]!.Text("kid"), named);
        Assert.Contains("\"aud\":\"printer\"", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1])));
    }

    private static async Task UntilAsync(TestServer gateway, string expected, string path, string? key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(s_pause);
        string[] headers = key is null ? [] : [Keys.Bearer(key)];
        while (await gateway.VerdictAsync("GET", path, null, headers) is var seen && seen != expected)
        {
            Assert.True(!limit.IsCancellationRequested, $"{path}: {seen}, not {expected}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
