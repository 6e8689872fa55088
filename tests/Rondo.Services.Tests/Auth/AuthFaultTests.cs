using System.Net;
using System.Net.Http.Json;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>
/// Keys while what they stand on misbehaves. A change waits two seconds of real time for a locked file: the lock is
/// another process's.
/// </summary>
public sealed class AuthFaultTests
{
    [Fact]
    public async Task Store_LockedByAnother_KeysCountOnAndChangesAre503()
    {
        using var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(logs: logs);
        var admin = server.CreateAdminKey();
        var reader = await server.CreateAsync(admin, new { name = "reader", scopes = new[] { "weather:read" } });
        await using var other = await server.HoldTablesAsync();
        var change = server.SendAsync("POST", "/auth/keys", New(), Keys.Bearer(admin));
        Assert.Equal("200 -", await VerdictAsync("/weather", reader.Text()));
        Assert.Equal("403 insufficient-scope", await VerdictAsync("/auth/keys", reader.Text()));
        Assert.Equal("401 invalid-credential", await VerdictAsync("/weather", "ak_nothing"));
        var (refused, body) = await change;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("/problems/store-busy", body);
        Assert.Equal("2", refused.Headers.RetryAfter!.ToString());
        await logs.WaitForAsync("stored nothing");

        await other.DisposeAsync();
        var (made, _) = await server.SendAsync("POST", "/auth/keys", New(), Keys.Bearer(admin));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.DoesNotContain(logs.Lines, l => l.Contains("POST /auth/keys failed", StringComparison.Ordinal));

        Task<string> VerdictAsync(string path, string key) =>
            server.VerdictAsync("GET", path, null, Keys.Bearer(key));
    }

    [Fact]
    public async Task Clock_AnHourAheadAndBack_KeysFollowItAndLeasesDoNot()
    {
        var time = new ManualTime(TestServer.Friday);
        var clock = new SkewedTime(time);
        await using var server = await TestServer.StartAsync(time: clock);
        var admin = server.CreateAdminKey();
        var soon = await server.CreateAsync(
            admin,
            new { name = "soon", scopes = new[] { "weather:read" }, expires = TestServer.Friday.AddMinutes(30) });
        var registry = new RegistryCalls(server, admin);
        await registry.RegisterAsync("printer", "p1");
        foreach (var (hours, expected) in new[] { (0, "200 -"), (1, "401 invalid-credential"), (0, "200 -") })
        {
            clock.Skew = TimeSpan.FromHours(hours);
            time.Advance(TimeSpan.FromSeconds(5));

            Assert.Equal(expected, await server.VerdictAsync("GET", "/weather", null, Keys.Bearer(soon.Text())));
            Assert.Single((await registry.ServiceAsync("printer"))["instances"]!.AsArray());
        }
    }

    private static JsonContent New() => JsonContent.Create(new { name = "new", scopes = new[] { "weather:read" } });
}
