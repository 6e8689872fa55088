using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Noise;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise;

/// <summary>What devices send, over real sockets and with the real clock: what is fresh is decided by it.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task Frame_OverWebSocket_IsAcknowledgedAndShown()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        var (device, hello) = await NoiseClient.HelloAsync(server.Address, token);
        using (device)
        {
            Assert.Equal(("lobby", "d1"), (hello.Text("room"), hello.Text("device")));
            Assert.Equal(0, hello["ack"]!.GetValue<long>());
            Assert.Null(hello["offset"]);
            await device.SendAsync(NoiseClient.Frame(1, DateTimeOffset.UtcNow.AddSeconds(-1), 52.3, 61));
            await device.UntilAckAsync(1);
            var room = await UntilAsync(server, r => r["laeq"] is not null);

            Assert.Equal(52.3, room["laeq"]!.GetValue<double>());
            Assert.Equal(61, room["lafmax"]!.GetValue<double>());
            Assert.Equal(52.3, room["leq_1m"]!.GetValue<double>());
            Assert.Equal("goal", room.Text("state"));
            Assert.Equal(["uncalibrated"], room["quality"]!.AsArray().Select(q => q!.GetValue<string>()));
            Assert.Equal(1, room["devices"]!.GetValue<int>());
            var level = Assert.Single(server.Services.GetRequiredService<NoiseBook>().Current.Rooms);

            // Its second may be of two minutes.
            Assert.InRange(level.Minutes.Length, 1, 2);
            Assert.All(level.Minutes, m => Assert.Equal(52.3, m.Leq, 6));
        }
    }

    [Fact]
    public async Task Restart_OfTheServer_KeepsWhatWasAcknowledgedAndTakesNothingTwice()
    {
        using var folder = new TestFolder();
        var start = DateTimeOffset.UtcNow.AddSeconds(-30);
        string token;
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
            var (device, _) = await NoiseClient.HelloAsync(server.Address, token, now: DateTimeOffset.UtcNow);
            using (device)
            {
                for (var seq = 1; seq <= 10; seq++)
                {
                    await device.SendAsync(NoiseClient.Frame(seq, start.AddSeconds(seq), 50));
                }

                await device.UntilAckAsync(10);
            }
        }

        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            var (device, hello) = await NoiseClient.HelloAsync(server.Address, token, now: DateTimeOffset.UtcNow);
            using (device)
            {
                Assert.Equal(10, hello["ack"]!.GetValue<long>());

                // It did not hear some of the acknowledgements: it sends from where it knows.
                for (var seq = 6; seq <= 20; seq++)
                {
                    await device.SendAsync(NoiseClient.Frame(seq, start.AddSeconds(seq), 50));
                }

                await device.UntilAckAsync(20);
            }

            var loop = server.Services.GetRequiredService<NoiseLoop>();
            var monitor = server.Services.GetRequiredService<NoiseMonitor>();
            var seconds = await loop.AskAsync(
                () => monitor.Find("lobby")!.OpenMinutes().Sum(m => m.Levels.Sum.Seconds));
            Assert.Equal(20, seconds, 1);
        }
    }

    [Fact]
    public async Task Samples_ByPost_AreStoredInOrderAndTheWrongOnesNamed()
    {
        await using var server = await TestServer.StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var start = DateTimeOffset.UtcNow.AddSeconds(-10);
        var wrong = NoiseClient.Frame(2, start.AddSeconds(2));
        wrong["laeq"] = 200;
        var lines = new[]
        {
            NoiseClient.Frame(1, start.AddSeconds(1)).ToJsonString(),
            wrong.ToJsonString(),
            "nonsense",
            NoiseClient.Frame(3, start.AddSeconds(3)).ToJsonString(),
        };

        var (response, body) = await PostAsync(server, token, string.Join('\n', lines), "application/x-ndjson");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(body)!;
        Assert.Equal(3, answer["ack"]!.GetValue<long>());
        Assert.Equal(
            ["2 level-out-of-range", " bad-frame"],
            answer["refused"]!.AsArray().Select(r => $"{r!["seq"]} {r["code"]}"));
        (_, body) = await PostAsync(server, token, lines[3], "application/json");
        Assert.Equal("""{"ack":3,"refused":[]}""", body);
        (response, _) = await PostAsync(server, "nd_nobody", lines[0], "application/json");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Stream_OfAllRooms_TellsThemInOneEvent()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        await NoiseClient.EnrolAsync(server, admin, "library", "d1", new { kind = "library", name = "Library" });
        var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (device)
        {
            await device.SendAsync(NoiseClient.Frame(1, DateTimeOffset.UtcNow.AddSeconds(-1), 44));
            await device.UntilAckAsync(1);
            await using var stream = await server.Client.GetStreamAsync(
                "/noise/stream", TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            JsonNode levels;
            do
            {
                levels = await NextAsync(reader, "levels");
            }
            while (levels["rooms"]![1]!["laeq"] is null);

            Assert.Equal(
                "library silent Library, lobby ok lobby",
                string.Join(", ", levels["rooms"]!.AsArray()
                    .Select(r => $"{r!["id"]} {r["state"]} {r["name"]}")));
            Assert.Null(levels["rooms"]![0]!["laeq"]);
        }
    }

    [Fact]
    public async Task Device_ThatConnectsAnew_TakesThePlaceOfTheConnectionBefore()
    {
        await using var server = await TestServer.StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var (first, _) = await NoiseClient.HelloAsync(server.Address, token);
        var (second, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (first)
        using (second)
        {
            Assert.Equal(1008, await first.CloseCodeAsync());
            await second.SendAsync(NoiseClient.Frame(1, DateTimeOffset.UtcNow.AddSeconds(-1)));
            await second.UntilAckAsync(1);
        }
    }

    [Fact]
    public async Task Device_TakenAway_IsClosedAndItsTokenCountsNoMore()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (device)
        {
            await server.SendAsync("DELETE", "/noise/rooms/lobby/devices/d1", null, Keys.Bearer(admin));

            Assert.Equal(1008, await device.CloseCodeAsync());
        }

        using var again = await NoiseClient.ConnectAsync(server.Address, bearer: token);
        await again.SendAsync("""{"v":1,"hello":{"room":"lobby","device":"d1"}}""");
        Assert.Equal("device-token-refused", (await again.ReadAsync())!["error"]!.Text("code"));
        Assert.Equal(1008, await again.CloseCodeAsync());
    }

    internal static async Task<(HttpResponseMessage Response, string Body)> PostAsync(
        TestServer server, string token, string body, string type, string room = "lobby")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await server.SendAsync("POST", $"/noise/rooms/{room}/samples", content, Keys.Bearer(token));
    }

    /// <summary>The data of the next event of a name.</summary>
    internal static async Task<JsonNode> NextAsync(StreamReader reader, string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var type = "";
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            type = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : type;
            if (line.StartsWith("data: ", StringComparison.Ordinal) && type == name)
            {
                return JsonNode.Parse(line[6..])!;
            }
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    private static async Task<JsonNode> UntilAsync(TestServer server, Func<JsonNode, bool> isIt)
    {
        await using var stream = await server.Client.GetStreamAsync(
            "/noise/rooms/lobby/stream", TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        JsonNode room;
        do
        {
            room = await NextAsync(reader, "levels");
        }
        while (!isIt(room));
        return room;
    }
}
