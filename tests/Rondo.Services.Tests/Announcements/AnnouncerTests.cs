using System.Net.Http.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Announcements;

/// <summary>What the other services tell, as a reader of the lobby hears it; the clock is the test's.</summary>
public sealed class AnnouncerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Service_GoneAndBack_TheLobbyHearsBoth()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        await HeardAsync(server, time, admin);

        await RegisterAsync(server, admin, "printer");
        await HeardAsync(server, time, admin);
        await OrderAsync(server, admin, "DELETE", "/registry/services/printer/instances/p1");
        await UntilSaidAsync(server, time, "Service printer is down.");
        await RegisterAsync(server, admin, "printer");
        await UntilSaidAsync(server, time, "Service printer is back.");
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"Announcements":{"Rates":false}}""", false)]
    public async Task Rates_Changed_AreSaidWhereThatIsWanted(string settings, bool isSaid)
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time, settings: settings);
        var admin = server.CreateAdminKey();

        // Again, for whoever was not listening yet when it came first.
        var times = 0;
        await UntilAsync(async () =>
        {
            await ChangeAsync(server, admin, ++times);
            time.Advance(Step);
            var lobby = await LobbyAsync(server);
            return (lobby.Contains("New rates of 2026-11-20 (", StringComparison.Ordinal)
                    && lobby.Contains("A rate was changed by hand.", StringComparison.Ordinal))
                || (!isSaid && times == 3);
        });

        await HeardAsync(server, time, admin);
        Assert.Equal(isSaid, (await LobbyAsync(server)).Contains(" rate", StringComparison.Ordinal));
    }

    private static async Task ChangeAsync(TestServer server, string admin, int times)
    {
        await OrderAsync(
            server, admin, "POST", "/currency/import", new StringContent($"Date,USD\n2026-11-20,1.{times}\n"));
        await OrderAsync(
            server, admin, "PUT", "/currency/overrides/GBP", JsonContent.Create(new { rate = $"0.{times}" }));
    }

    /// <summary>Until a change made after all others so far has been said: then those have been looked at.</summary>
    private static async Task HeardAsync(TestServer server, ManualTime time, string admin)
    {
        var name = $"witness-{Guid.NewGuid():n}";
        await UntilAsync(async () =>
        {
            await RegisterAsync(server, admin, name);
            time.Advance(4 * Step);
            await OrderAsync(server, admin, "DELETE", $"/registry/services/{name}/instances/p1");
            time.Advance(4 * Step);
            return (await LobbyAsync(server)).Contains($"Service {name} is down.", StringComparison.Ordinal);
        });
    }

    private static Task UntilSaidAsync(TestServer server, ManualTime time, string text) => UntilAsync(async () =>
    {
        time.Advance(Step);
        return (await LobbyAsync(server)).Contains(text, StringComparison.Ordinal);
    });

    private static Task RegisterAsync(TestServer server, string admin, string service) => OrderAsync(
        server, admin, "PUT", $"/registry/services/{service}/instances/p1",
        JsonContent.Create(new { url = "http://127.0.0.1:9", ttl = "300s" }));

    private static async Task OrderAsync(
        TestServer server, string admin, string method, string path, HttpContent? content = null)
    {
        var (answer, body) = await server.SendAsync(method, path, content, Keys.Bearer(admin));
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {body}");
    }

    private static async Task<string> LobbyAsync(TestServer server) =>
        (await server.GetAsync("/chat/rooms/lobby/messages")).Body;

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
