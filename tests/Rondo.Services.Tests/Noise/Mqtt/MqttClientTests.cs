using Rondo.Runtime;
using Rondo.Runtime.Testing;
using Rondo.Services.Noise.Mqtt;

namespace Rondo.Services.Tests.Noise.Mqtt;

/// <summary>The client against brokers good and bad, in virtual time.</summary>
public sealed class MqttClientTests
{
    private static readonly MqttMessage Online = Message("s", "online", isRetained: true);
    private static readonly MqttMessage Offline = Message("s", "offline", isRetained: true);

    [Fact]
    public void Publish_Connected_ArrivesAndIsAcknowledged() => RunAsync(async (virtualLoop, broker, client) =>
    {
        client.Publish(Online);
        client.Publish(Message("a", "1"));
        await broker.OpenAsync();
        var serving = virtualLoop.Loop.CreateTask(() => broker.ServeAsync());
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));
        client.Publish(Message("a", "2"));
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["s=online", "a=1", "a=2"], broker.Texts);
        client.Stop(Offline);
        Assert.Equal(VirtualBroker.Disconnect, await serving);
        Assert.Equal("s=offline", broker.Texts.Last());
        Assert.Equal([null], client.Changes);
    });

    [Fact]
    public void Connection_WithNothingToSay_IsKeptAliveByPings() => RunAsync(async (virtualLoop, broker, client) =>
    {
        await broker.OpenAsync();
        var serving = virtualLoop.Loop.CreateTask(() => broker.ServeAsync());

        await virtualLoop.AdvanceAsync(TimeSpan.FromMinutes(30));

        Assert.Single(broker.Connections);
        client.Stop(Offline);
        Assert.Equal(VirtualBroker.Disconnect, await serving);
    });

    [Fact]
    public void Broker_ThatRestarts_IsToldAllThatHolds() => RunAsync(async (virtualLoop, broker, client) =>
    {
        client.Publish(Online);
        client.Publish(Message("a", "1", isRetained: true));
        client.Publish(Message("b", "1"));
        await broker.OpenAsync();
        var first = virtualLoop.Loop.CreateTask(() => broker.ServeAsync());
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));
        broker.Close();
        await virtualLoop.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        broker.Published.Clear();

        client.Publish(Message("a", "2", isRetained: true));
        client.Publish(Message("c", "3"));
        await broker.OpenAsync();
        var second = virtualLoop.Loop.CreateTask(() => broker.ServeAsync());
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["a=2", "c=3", "s=online"], broker.Texts.Order());
        Assert.Equal(3, client.Changes.Count);
        client.Stop(Offline);
        await second;
    });

    /// <summary>Each is left, told why, and tried again after a pause.</summary>
    [Theory]
    [InlineData("garbage", "485454502F312E31")]
    [InlineData("half of an answer", "2002")]
    [InlineData("nothing", "")]
    [InlineData("a huge length", "20FFFFFF7F")]
    [InlineData("a length in five bytes", "20FFFFFFFFFF")]
    [InlineData("a message", "300700036162636869")]
    [InlineData("an acknowledgement first", "40020001")]
    [InlineData("an unknown code", "20020006")]
    [InlineData("another version", "20020001")]
    [InlineData("a wrong password", "20020004")]
    [InlineData("no right", "20020005")]
    public void Broker_ThatAnswersConnectWith_IsLeftAndTriedAgain(string answer, string hex) =>
        RunAsync(async (virtualLoop, broker, client) =>
        {
            await broker.OpenAsync(hex);

            // Longer than it waits for an answer, shorter than that and a pause.
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(20.2));
            var reason = Assert.Single(client.Changes);
            Assert.True(reason!.StartsWith("The broker", StringComparison.Ordinal), $"{answer}: {reason}");
            Assert.Equal(hex == "20020004", reason.Contains("password are wrong"));

            await AssertRecoversAsync(virtualLoop, broker, client);
        });

    [Theory]
    [InlineData("an unknown id", "4002FFFF")]
    [InlineData("the id zero", "40020000")]
    [InlineData("a second connack", "20020000")]
    [InlineData("an unasked pong", "D000")]
    [InlineData("a huge length", "40FFFFFF7F")]
    [InlineData("garbage", "00000000")]
    public void Broker_ThatLaterSends_IsLeftAndTriedAgain(string what, string hex) =>
        RunAsync(async (virtualLoop, broker, client) =>
        {
            await broker.OpenAsync();
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));
            await broker.SendAsync(hex);
            await virtualLoop.AdvanceAsync(TimeSpan.FromMilliseconds(100));

            Assert.True(client.Changes is [null, not null], what);
            await AssertRecoversAsync(virtualLoop, broker, client);
        });

    [Fact]
    public void Broker_ThatNeverAcknowledges_IsLeftAfterTwentySecondsAndGetsItAgain() =>
        RunAsync(async (virtualLoop, broker, client) =>
        {
            client.Publish(Message("a", "1", isAssured: true));
            await broker.OpenAsync();
            var serving = virtualLoop.Loop.CreateTask(() => broker.ServeAsync(acknowledges: false));
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(19));
            Assert.Equal([null], client.Changes);
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Contains("did not acknowledge", client.Changes[^1]);
            await serving;

            await AssertRecoversAsync(virtualLoop, broker, client);
            Assert.Equal(["a=1", "a=1"], broker.Texts.Where(t => t == "a=1"));
        });

    [Fact]
    public void Broker_ThatAnswersNoPing_IsLeft() => RunAsync(async (virtualLoop, broker, client) =>
    {
        await broker.OpenAsync();
        var serving = virtualLoop.Loop.CreateTask(() => broker.ServeAsync(answersPings: false));

        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(44));

        Assert.Contains("did not answer a ping", client.Changes[^1]);
        await serving;
        await AssertRecoversAsync(virtualLoop, broker, client);
    });

    [Fact]
    public void Broker_ThatIsAway_IsAskedWithGrowingPauses() => VirtualLoop.Run(async virtualLoop =>
    {
        var tries = new List<TimeSpan>();
        var client = new TestedClient(virtualLoop.Loop, _ =>
        {
            tries.Add(virtualLoop.Loop.Time);
            throw new IOException("away");
        });
        await virtualLoop.AdvanceAsync(TimeSpan.FromHours(1));
        client.Stop(Offline);
        await client.Ended;

        var pauses = tries.Zip(tries.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        for (var i = 0; i < pauses.Count; i++)
        {
            var longest = Math.Min(Math.Pow(2, i), 120);
            Assert.InRange(pauses[i], longest / 2, longest + 0.001);
        }

        Assert.InRange(pauses.Count, 30, 80);
        Assert.True(pauses.Distinct().Count() > pauses.Count / 2, "The pauses have no jitter.");
    });

    [Fact]
    public void Stop_WhileTheBrokerIsAway_EndsAtOnce() => VirtualLoop.Run(async virtualLoop =>
    {
        var client = new TestedClient(virtualLoop.Loop, _ => throw new IOException("away"));
        await virtualLoop.AdvanceAsync(TimeSpan.FromMinutes(10));
        var before = virtualLoop.Loop.Time;

        client.Stop(Offline);
        await client.Ended;

        Assert.Equal(before, virtualLoop.Loop.Time);
    });

    private static async Task AssertRecoversAsync(VirtualLoop virtualLoop, VirtualBroker broker, TestedClient client)
    {
        client.Publish(Online);
        await broker.OpenAsync();
        var serving = virtualLoop.Loop.CreateTask(() => broker.ServeAsync());
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("s=online", broker.Texts);
        client.Stop(Offline);
        Assert.Equal(VirtualBroker.Disconnect, await serving);
    }

    private static void RunAsync(Func<VirtualLoop, VirtualBroker, TestedClient, Task> test) =>
        VirtualLoop.Run(async virtualLoop =>
        {
            var broker = new VirtualBroker(virtualLoop);
            var client = new TestedClient(
                virtualLoop.Loop,
                async cancellation => await virtualLoop.Network.ConnectAsync("broker", "rondo", cancellation));
            await test(virtualLoop, broker, client);
            client.Stop(Offline);
            await client.Ended;
        });

    private static MqttMessage Message(string topic, string text, bool isAssured = false, bool isRetained = false) =>
        new(topic, System.Text.Encoding.UTF8.GetBytes(text), isAssured || isRetained, isRetained);

    private sealed class TestedClient
    {
        private readonly MqttClient _client;

        public TestedClient(EventLoop loop, Func<CancellationToken, Task<Stream>> connect)
        {
            _client = new MqttClient(
                loop,
                () => new MqttLogin("rondo", null, null, TimeSpan.FromSeconds(30), Offline),
                connect, new MqttOutbox(100), new MqttTimes(), new Random(3), Changes.Add);
            Ended = loop.CreateTask(_client.RunAsync, "mqtt client");
        }

        /// <summary>Null for each connection, the reason for each end.</summary>
        public List<string?> Changes { get; } = [];

        public LoopTask Ended { get; }

        public void Publish(MqttMessage message) => _client.Publish(message);

        public void Stop(MqttMessage farewell) => _client.Stop(farewell);
    }
}
