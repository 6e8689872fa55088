using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise.Mqtt;

/// <summary>The whole way from a device's frame to Debian's broker and its subscriber.</summary>
public sealed class MqttWorkerTests
{
    [Fact]
    public async Task Levels_OfARoom_ReachASubscriberWithDiscovery()
    {
        using var broker = await Mosquitto.StartAsync();
        using var all = broker.Subscribe("#");
        using var folder = new TestFolder();
        await using var server = await StartAsync(folder, broker);
        await all.UntilAsync("rondo/status", s => s == "online");
        using var device = await PublishAsync(server, 1, 52.34);

        var config = JsonNode.Parse(await all.UntilAsync("homeassistant/sensor/rondo/noise_lobby/config"))!;
        var state = JsonNode.Parse(await all.UntilAsync("rondo/noise/lobby", s => s.Contains("52.3")))!;

        Assert.Equal("rondo/noise/lobby", config.Text("state_topic"));
        Assert.Equal("rondo/status", config.Text("availability_topic"));
        Assert.Equal("sound_pressure", config.Text("device_class"));
        Assert.Equal("dB", config.Text("unit_of_measurement"));
        Assert.Equal(52.3, state["laeq"]!.GetValue<double>());
        Assert.Equal("uncalibrated", state["quality"]![0]!.GetValue<string>());

        // Who comes later sees it, too.
        using var later = broker.Subscribe("homeassistant/#");
        Assert.Equal(config.ToJsonString(), await later.UntilAsync("homeassistant/sensor/rondo/noise_lobby/config"));

        await server.StopAsync();
        await all.UntilAsync("rondo/status", s => s == "offline");
    }

    [Fact]
    public async Task Broker_ThatRestartsWithNothingKept_IsToldEverythingAgain()
    {
        using var broker = await Mosquitto.StartAsync();
        using var folder = new TestFolder();
        await using var server = await StartAsync(folder, broker);
        using (var before = broker.Subscribe("#"))
        {
            await before.UntilAsync("rondo/status", s => s == "online");
            using var device = await PublishAsync(server, 1, 52.34);
            await before.UntilAsync("rondo/noise/lobby", s => s.Contains("52.3"));
        }

        broker.Stop();
        await broker.StartProcessAsync();

        using var after = broker.Subscribe("#");
        await after.UntilAsync("rondo/status", s => s == "online");
        await after.UntilAsync("homeassistant/sensor/rondo/noise_lobby/config");
        await after.UntilAsync("rondo/noise/lobby");
    }

    [Fact]
    public async Task Broker_WithTls_IsTrustedByItsAuthorityAlone()
    {
        using var broker = await Mosquitto.StartAsync(hasTls: true);
        using var all = broker.Subscribe("#");
        using var folder = new TestFolder();
        using var logs = new LogCapture();
        await using (await StartAsync(folder, broker, $"mqtts://localhost:{broker.Port}", logs: logs))
        {
            Assert.Contains("certificate", await logs.WaitForAsync("No connection to the broker"));
        }

        using var second = new TestFolder();
        await using var server = await StartAsync(
            second, broker, $"mqtts://localhost:{broker.Port}", $",\"Authority\":\"{broker.Authority}\"");
        await all.UntilAsync("rondo/status", s => s == "online");
    }

    [Fact]
    public async Task Password_ThatIsWrong_IsToldWithoutIt()
    {
        using var broker = await Mosquitto.StartAsync();
        using var folder = new TestFolder();
        using var logs = new LogCapture();
        await using var server = await StartAsync(folder, broker, password: "wrong secret", logs: logs);

        var line = await logs.WaitForAsync("No connection to the broker");

        Assert.Contains("this client may not connect", line);
        Assert.DoesNotContain(logs.Lines, l => l.Contains("wrong secret"));
    }

    [Fact]
    public async Task Settings_ThatChange_CountAtOnce()
    {
        using var broker = await Mosquitto.StartAsync();
        using var all = broker.Subscribe("#");
        using var folder = new TestFolder();
        await using var server = await StartAsync(folder, broker);
        await all.UntilAsync("rondo/status", s => s == "online");

        folder.Write(
            "appsettings.json",
            Settings(folder, $"mqtt://localhost:{broker.Port}", ",\"Prefix\":\"school/east\""));

        await all.UntilAsync("rondo/status", s => s == "offline");
        await all.UntilAsync("school/east/status", s => s == "online");
        folder.Write("appsettings.json", "{}");
        await all.UntilAsync("school/east/status", s => s == "offline");
    }

    private static Task<TestServer> StartAsync(
        TestFolder folder, Mosquitto broker, string? address = null, string more = "",
        string password = Mosquitto.Password, LogCapture? logs = null)
    {
        var file = folder.Write("mqtt.password", password + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return TestServer.StartAsync(
            folder: folder, settings: Settings(folder, address ?? $"mqtt://localhost:{broker.Port}", more), logs: logs);
    }

    private static string Settings(TestFolder folder, string address, string more) =>
        $"{{\"Mqtt\":{{\"Broker\":\"{address}\",\"User\":\"{Mosquitto.User}\","
            + $"\"PasswordFile\":\"{Path.Combine(folder.Path, "mqtt.password")}\"{more}}}}}";

    private static async Task<NoiseClient> PublishAsync(TestServer server, long seq, double laeq)
    {
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var (client, _) = await NoiseClient.HelloAsync(server.Address, token);
        await client.SendAsync(NoiseClient.Frame(
            seq, DateTimeOffset.UtcNow - TimeSpan.FromSeconds(1), laeq, flags: "uncalibrated"));
        await client.UntilAckAsync(seq);
        return client;
    }
}
