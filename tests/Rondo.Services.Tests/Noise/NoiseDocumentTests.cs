using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Announcements;
using Rondo.Services.Noise;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise;

/// <summary>Replays docs/services/noise.md and compares its lists with the code.</summary>
public sealed partial class NoiseDocumentTests
{
    private static readonly ServiceDocument Document = new("noise");

    [Fact]
    public async Task BadInput_EveryRowOverWebSocket_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        var wrong = new List<string>();

        // The same each time: another one under a used sequence is refused.
        var good = NoiseClient.Frame(50, DateTimeOffset.UtcNow.AddSeconds(-2));
        foreach (var row in Document.Table("Bad input"))
        {
            var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
            using (device)
            {
                await device.SendAsync(good);
                await device.UntilAckAsync(50);
                await device.SendAsync(Changed(51, row[0]));
                var answer = (await device.ReadAsync())!;
                if ($"{answer["error"]?["code"]}" is var seen && seen != row[2])
                {
                    wrong.Add($"{row[0]}: {answer.ToJsonString()}, not {row[2]}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task BadInput_EveryRowOverHttp_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var good = NoiseClient.Frame(50, DateTimeOffset.UtcNow.AddSeconds(-2)).ToJsonString();
        await PublishTests.PostAsync(server, token, good, "application/json");
        var (wrong, rows) = (new List<string>(), Document.Table("Bad input").ToList());
        foreach (var row in rows)
        {
            var (response, body) = await PublishTests.PostAsync(
                server, token, Changed(51, row[0]), "application/json");
            var seen = $"{(int)response.StatusCode} {JsonNode.Parse(body)!["type"]}";
            if (seen != $"{row[1]} /problems/{row[2]}")
            {
                wrong.Add($"{row[0]}: {seen} {body}, not {row[1]} {row[2]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(rows.Count > 35);
    }

    [Fact]
    public async Task BadRequests_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        await NoiseClient.EnrolAsync(server, admin);
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad requests"))
        {
            var (method, path) = (row[0].Split(' ')[0], row[0].Split(' ')[1]);
            var seen = await server.VerdictAsync(method, path, row[1] == "-" ? null : row[1], Keys.Bearer(admin));
            if (seen != $"{row[2]} {row[3]}")
            {
                wrong.Add($"{row[0]} {row[1]}: {seen}, not {row[2]} {row[3]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Requests_WithoutAKeyOrWithTheWrongOne_AreRefused()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        await NoiseClient.EnrolAsync(server, admin, room: "library");
        var weak = Keys.Bearer((await server.CreateAsync(
            admin, new { name = "reader", scopes = new[] { "noise:read" } })).Text());

        Assert.Equal("401 missing-credential", await server.VerdictAsync("PUT", "/noise/rooms/a", "{}"));
        Assert.Equal("403 insufficient-scope", await server.VerdictAsync("PUT", "/noise/rooms/a", "{}", weak));
        Assert.Equal("401 missing-credential", await server.VerdictAsync("GET", "/websocket", null));
        Assert.Equal("401 device-token-needed", await server.VerdictAsync("POST", "/noise/rooms/lobby/samples", "{}"));
        Assert.Equal(
            "403 wrong-device",
            await server.VerdictAsync("POST", "/noise/rooms/library/samples", "{}", Keys.Bearer(token)));
        var (response, _) = await PublishTests.PostAsync(server, token, "x", "audio/wav");
        Assert.Equal(415, (int)response.StatusCode);
        (response, _) = await PublishTests.PostAsync(server, token, new string('x', 70_000), "application/x-ndjson");
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Devices_TooFast_AreClosedOr429()
    {
        await using var server = await TestServer.StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (device)
        {
            for (var seq = 1; seq <= 200; seq++)
            {
                await device.SendAsync(NoiseClient.Frame(seq, DateTimeOffset.UtcNow.AddSeconds(-0.1), seconds: 0.1));
            }

            Assert.Equal(1013, await device.CloseCodeAsync());
        }

        var lines = Enumerable.Range(1000, 100).Select(seq => NoiseClient
            .Frame(seq, DateTimeOffset.UtcNow.AddSeconds(-0.1), seconds: 0.1).ToJsonString());
        var (response, body) = await PublishTests.PostAsync(
            server, token, string.Join('\n', lines), "application/x-ndjson");
        Assert.True((int)response.StatusCode == 429, body);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Sockets_OfHostileDevices_AreClosedAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        foreach (var (message, code) in new (string, int)[]
        {
            (new string('a', 301), 1009),
            (NoiseClient.Frame(1, DateTimeOffset.UtcNow).ToJsonString(), 1008),
            (NoiseClient.Hello("nd_wrong"), 1008),
            (NoiseClient.Hello(token, room: "library"), 1008),
            ("""{"v":1,"hello":{"room":"lobby","device":"d1","token":7}}""", 1008),
            ("[[[[[[", 1008),
        })
        {
            using var device = await NoiseClient.ConnectAsync(server.Address);
            await device.SendAsync(message);
            Assert.Equal((message, code), (message, await device.CloseCodeAsync()));
        }

        var (good, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (good)
        {
            await good.SendAsync(NoiseClient.Frame(1, DateTimeOffset.UtcNow, device: "d2"));
            Assert.Equal(1008, await good.CloseCodeAsync());
        }
    }

    [Fact]
    public void Kinds_Table_IsTheOneOfTheCode() => Assert.Equal(
        NoiseKind.All.Select(k => FormattableString.Invariant($"{k.Id} {k.Goal} {k.Loud}")),
        Document.Table("Rooms").Select(r => string.Join(' ', r)));

    [Fact]
    public void Configuration_Table_NamesEverySetting() => Assert.Equal(
        typeof(NoiseOptions).GetProperties().Select(p => $"Noise:{p.Name}")
            .Concat(typeof(AnnouncementOptions).GetProperties().Select(p => $"Announcements:{p.Name}")).Order(),
        Document.Table("Configuration").Select(r => r[0]).Order());

    // The text of a good frame with members set to what a row says, which need not be JSON.
    private static string Changed(long seq, string change)
    {
        var frame = NoiseClient.Frame(seq, DateTimeOffset.UtcNow.AddSeconds(-1)).ToJsonString();
        var (member, value) = (change[..change.IndexOf('=')], change[(change.IndexOf('=') + 1)..]);
        value = Relative().Replace(value, m => NoiseClient.Time(
            DateTimeOffset.UtcNow.AddMinutes(double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))));
        var present = new Regex($"\"{member}\":(\"[^\"]*\"|\\[[^\\]]*\\]|[^,}}]*),?");
        var rest = present.Replace(frame, "", 1).TrimStart('{');
        return value == "-" ? "{" + rest : $"{{\"{member}\":{value},{rest}";
    }

    [GeneratedRegex("NOW([+-][0-9]+)m")]
    private static partial Regex Relative();
}
