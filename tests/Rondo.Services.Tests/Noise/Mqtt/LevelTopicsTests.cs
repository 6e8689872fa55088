using System.Text;
using Rondo.Services.Noise;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Mqtt;

namespace Rondo.Services.Tests.Noise.Mqtt;

public sealed class LevelTopicsTests
{
    private static readonly RoomLevel Lobby = new()
    {
        Id = "lobby",
        Name = "Lobby \"<b>\"",
        Kind = "lobby",
        State = NoiseState.Ok,
        LAeq = 52.34,
        LAFmax = 61,
        Quality = LevelFlags.Uncalibrated,
        Devices = 2,
    };

    [Fact]
    public void Next_FirstTime_DescribesTheSensorBeforeItsLevel()
    {
        var messages = new LevelTopics(new MqttOptions(), "1.2.3").Next(Snapshot(Lobby)).ToList();

        Assert.Equal(
            ["homeassistant/sensor/rondo/noise_lobby/config", "rondo/noise/lobby"], messages.Select(m => m.Topic));
        Assert.All(messages, m => Assert.True(m.IsRetained));
        Assert.Equal([true, false], messages.Select(m => m.IsAssured));
        Assert.Equal(
            """{"laeq":52.3,"lafmax":61,"leq_1m":null,"state":"ok","quality":["uncalibrated"],"devices":2}""",
            Text(messages[1]));
        Assert.Contains("\"unique_id\":\"rondo_noise_lobby\"", Text(messages[0]));
        Assert.Contains("\"sw_version\":\"1.2.3\"", Text(messages[0]));
    }

    [Fact]
    public void Next_NothingNew_SaysNothing()
    {
        var topics = new LevelTopics(new MqttOptions(), "1");
        topics.Next(Snapshot(Lobby));

        Assert.Empty(topics.Next(Snapshot(Lobby with { LAeq = 52.31 })));
        Assert.Single(topics.Next(Snapshot(Lobby with { LAeq = 52.4 })));
        Assert.Equal(2, topics.Next(Snapshot(Lobby with { Name = "Hall" })).Count());
    }

    [Fact]
    public void Next_NothingFresh_IsNullAndNoZero()
    {
        var topics = new LevelTopics(new MqttOptions { QualityOfService = 1, DiscoveryPrefix = "" }, "1");

        var state = Assert.Single(topics.Next(Snapshot(Lobby with { LAeq = null, State = NoiseState.Silent })));

        Assert.StartsWith("""{"laeq":null,""", Text(state));
        Assert.True(state.IsAssured);
    }

    [Fact]
    public void Next_RoomThatIsGone_EmptiesItsTopics()
    {
        var topics = new LevelTopics(new MqttOptions { Prefix = "school/east" }, "1");
        topics.Next(Snapshot(Lobby));

        var messages = topics.Next(Snapshot()).ToList();

        Assert.Equal(
            ["school/east/noise/lobby", "homeassistant/sensor/school_east/noise_lobby/config"],
            messages.Select(m => m.Topic));
        Assert.All(messages, m => Assert.True(m.Payload.IsEmpty && m.IsRetained));
        Assert.Empty(topics.Next(Snapshot()));
    }

    private static NoiseSnapshot Snapshot(params RoomLevel[] rooms) => NoiseSnapshot.Empty with { Rooms = [.. rooms] };

    private static string Text(MqttMessage message) => Encoding.UTF8.GetString(message.Payload.Span);
}
