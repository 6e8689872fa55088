using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise;

public sealed class EnrolmentTests
{
    [Fact]
    public async Task Ticket_IsGoodOnceAndForTenMinutes()
    {
        await using var rig = await NoiseRig.StartAsync();
        var (first, late) = (await TicketAsync(rig), await TicketAsync(rig));
        Assert.StartsWith("/noise/measure/lobby#ticket=nt_", first.Text("url"), StringComparison.Ordinal);
        Assert.Equal("2026-11-20T09:10:00.000Z", first.Text("expires"));

        var (made, body) = await EnrolAsync(rig, first.Text("ticket"));
        Assert.Equal(201, (int)made.StatusCode);
        var device = JsonNode.Parse(body)!;
        Assert.StartsWith("anna-s-phone-", device.Text("device"), StringComparison.Ordinal);
        Assert.Equal(("lobby", "Anna's phone"), (device.Text("room"), device.Text("name")));
        var (again, _) = await EnrolAsync(rig, first.Text("ticket"));
        await rig.PassAsync(TimeSpan.FromMinutes(10));
        var (over, _) = await EnrolAsync(rig, late.Text("ticket"));
        Assert.Equal((410, 410), ((int)again.StatusCode, (int)over.StatusCode));

        var frame = NoiseClient.Frame(1, rig.Time.GetUtcNow().AddSeconds(-1), device: device.Text("device"));
        var (taken, _) = await PublishTests.PostAsync(
            rig.Server, device.Text("token"), frame.ToJsonString(), "application/json");
        Assert.Equal(200, (int)taken.StatusCode);
    }

    [Fact]
    public async Task Calibration_ByAReferenceAndByAnotherDevice_MakesTheOffset()
    {
        await using var rig = await NoiseRig.StartAsync(settings: """{"Noise":{"Presets":{"phone-x":117.5}}}""");
        const string path = "/noise/rooms/lobby/devices/d1/calibrate";
        for (var second = 0; second < 5; second++)
        {
            // It adds 120 dB by itself: it hears -27.5 dB of full scale.
            await rig.MeasureAsync(92.5);
        }

        var (_, body) = await rig.AdminAsync("POST", path, new { reference_db = 94.0 });
        Assert.Equal(("121.5", "reference_db"), Calibration(body));
        await rig.MeasureAsync(94, 3);
        Assert.Equal("[]", (await rig.GetAsync("/noise/rooms/lobby"))["quality"]!.ToJsonString());

        var other = await NoiseClient.EnrolAsync(rig.Server, rig.Admin, device: "d2", settings: new { });
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        var frame = NoiseClient.Frame(1, rig.Time.GetUtcNow().AddSeconds(-3), 90, seconds: 3, device: "d2");
        await PublishTests.PostAsync(rig.Server, other, frame.ToJsonString(), "application/json");
        (_, body) = await rig.AdminAsync(
            "POST", "/noise/rooms/lobby/devices/d2/calibrate", new { relative_to = "lobby/d1" });
        Assert.Equal(("124", "relative_to"), Calibration(body));
        (_, body) = await rig.AdminAsync("POST", path, new { preset = "phone-x" });
        Assert.Equal(("117.5", "preset"), Calibration(body));
    }

    [Fact]
    public async Task Calibration_ByTheDeviceItself_TakesItsTokenAndNoOther()
    {
        await using var rig = await NoiseRig.StartAsync();
        const string path = "/noise/rooms/lobby/calibrate";
        var token = await NoiseClient.EnrolAsync(rig.Server, rig.Admin, device: "d3", settings: new { });
        await rig.PassAsync(TimeSpan.FromSeconds(4));
        var frame = NoiseClient.Frame(1, rig.Time.GetUtcNow().AddSeconds(-3), 90, seconds: 3, device: "d3");
        await PublishTests.PostAsync(rig.Server, token, frame.ToJsonString(), "application/json");

        var statuses = new List<int>();
        foreach (var headers in new string[][] { [], [Keys.Bearer("nd_nobody")], [Keys.Bearer(token)] })
        {
            var (answer, body) = await rig.Server.SendAsync(
                "POST", path, JsonContent.Create(new { reference_db = 71.5 }), headers);
            statuses.Add((int)answer.StatusCode);
            if (answer.IsSuccessStatusCode)
            {
                Assert.Equal(("101.5", "reference_db"), Calibration(body));
            }
        }

        Assert.Equal([401, 401, 200], statuses);
    }

    [Fact]
    public async Task Calibration_WhileADeviceIsConnected_IsToldToIt()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var token = await NoiseClient.EnrolAsync(server, admin);
        var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
        using (device)
        {
            await server.SendAsync(
                "POST", "/noise/rooms/lobby/devices/d1/calibrate", JsonContent.Create(new { offset_db = 118.5 }),
                Keys.Bearer(admin));

            Assert.Equal("118.5", (await device.ReadAsync())!["hello"]!["offset"]!.ToString());
        }
    }

    [Fact]
    public async Task Demo_HasThreeSimulatedRoomsWithAnHourBehindThem()
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Demo = true });
        var (_, body) = await server.GetAsync("/noise/rooms");
        var rooms = JsonNode.Parse(body)!["rooms"]!.AsArray();

        Assert.Equal(
            ["demo-classroom", "demo-hall", "demo-library"], rooms.Select(r => r!.Text("id")));
        Assert.All(rooms, r => Assert.Equal("""["simulated"]""", r!["quality"]!.ToJsonString()));
        Assert.All(rooms, r => Assert.NotNull(r!["laeq"]));
        (_, body) = await server.GetAsync("/noise/rooms/demo-hall/levels?step=1m");
        Assert.True(JsonNode.Parse(body)!["buckets"]!.AsArray().Count(b => b!["leq"] is not null) > 50);
    }

    [Theory]
    [InlineData("/websocket")]
    [InlineData("/broadcast")]
    public async Task TalksPage_Unchanged_ReachesAllAndMakesALegacyRoom(string path)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Demo = true });
        using var first = await ConnectAsync(server, path);
        using var second = await ConnectAsync(server, path);

        // The page shows the real rooms, too; who sees them is there.
        Assert.InRange(await ValueAsync(first, "Hall"), 30, 90);
        Assert.InRange(await ValueAsync(second, "Hall"), 30, 90);
        await SendAsync(first, """{"value":85,"name":"Café"}""");

        Assert.Equal(85, await ValueAsync(second, "Café"));
        Assert.Equal(85, await ValueAsync(first, "Café"));
        JsonNode? room;
        do
        {
            var (_, body) = await server.GetAsync("/noise/rooms");
            room = JsonNode.Parse(body)!["rooms"]!.AsArray().FirstOrDefault(r => r!.Text("id") == "legacy-caf");
        }
        while (room is null);
        Assert.Equal("""["uncalibrated","legacy"]""", room["quality"]!.ToJsonString());
        Assert.Null(room["laeq"]);
        Assert.Equal(("85", "Café", "ok"), (room["value"]!.ToString(), room.Text("name"), room.Text("state")));

        await SendAsync(first, """{"value":"loud","name":"x"}""");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await CloseAsync(first));
        await SendAsync(second, $$"""{"value":1,"name":"{{new string('x', 2000)}}"}""");
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await CloseAsync(second));
    }

    private static async Task<JsonNode> TicketAsync(NoiseRig rig) =>
        JsonNode.Parse((await rig.AdminAsync("POST", "/noise/rooms/lobby/tickets")).Body)!;

    private static Task<(HttpResponseMessage Response, string Body)> EnrolAsync(NoiseRig rig, string ticket) =>
        rig.Server.SendAsync("POST", "/noise/enrol", JsonContent.Create(new { ticket, name = "Anna's phone" }));

    private static (string Offset, string Way) Calibration(string body) =>
        ($"{JsonNode.Parse(body)!["offset"]}", $"{JsonNode.Parse(body)!["calibration"]}");

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new UriBuilder(server.Address) { Scheme = "ws", Path = path }.Uri, TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    private static async Task<double> ValueAsync(ClientWebSocket socket, string name)
    {
        while (await ReadAsync(socket) is { } frame)
        {
            if (frame.Text("name") == name)
            {
                return frame["value"]!.GetValue<double>();
            }
        }

        throw new InvalidOperationException("The socket was closed.");
    }

    private static async Task<WebSocketCloseStatus?> CloseAsync(ClientWebSocket socket)
    {
        while (await ReadAsync(socket) is not null)
        {
        }

        return socket.CloseStatus;
    }

    private static async Task<JsonNode?> ReadAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer, limit.Token);
        return part.MessageType is WebSocketMessageType.Close ? null : JsonNode.Parse(buffer.AsSpan(0, part.Count));
    }
}
