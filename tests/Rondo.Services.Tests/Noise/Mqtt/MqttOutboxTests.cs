using Rondo.Services.Noise.Mqtt;

namespace Rondo.Services.Tests.Noise.Mqtt;

public sealed class MqttOutboxTests
{
    private readonly MqttOutbox _outbox = new(mostTopics: 3);

    [Fact]
    public void Add_NewerOfATopic_TakesItsPlace()
    {
        _outbox.Add(Message("a", "1"));
        _outbox.Add(Message("b", "1"));
        _outbox.Add(Message("a", "2"));

        Assert.Equal("a=2 b=1", Taken());
    }

    [Fact]
    public void Add_TooManyTopics_GivesUpTheOldest()
    {
        foreach (var topic in new[] { "a", "b", "c", "d" })
        {
            _outbox.Add(Message(topic, "1"));
        }

        Assert.Equal(1, _outbox.Dropped);
        Assert.Equal("b=1 c=1 d=1", Taken());
    }

    [Fact]
    public void Take_WindowFull_WaitsForAnAcknowledgement()
    {
        var outbox = new MqttOutbox(100);
        for (var i = 0; i <= MqttOutbox.Window; i++)
        {
            outbox.Add(Message("t" + i, "1", isAssured: true));
        }

        ushort last = 0;
        for (var i = 0; i < MqttOutbox.Window; i++)
        {
            Assert.True(outbox.TryTake(default, out _, out last));
        }

        Assert.False(outbox.TryTake(default, out _, out _));
        Assert.True(outbox.Acknowledge(last));
        Assert.False(outbox.Acknowledge(last));
        Assert.True(outbox.TryTake(default, out _, out _));
    }

    [Fact]
    public void Ids_AllUsed_BeginAgainWithoutZero()
    {
        var seen = new HashSet<ushort>();
        for (var i = 0; i < 70_000; i++)
        {
            _outbox.Add(Message("a", "1", isAssured: true));
            Assert.True(_outbox.TryTake(default, out _, out var id));
            Assert.True(_outbox.Acknowledge(id));
            seen.Add(id);
        }

        Assert.Equal(ushort.MaxValue, seen.Count);
        Assert.DoesNotContain((ushort)0, seen);
    }

    [Fact]
    public void Renew_AfterALostConnection_SaysWhatHoldsOnce()
    {
        _outbox.Add(Message("kept", "1", isAssured: true, isRetained: true));
        _outbox.Add(Message("lost", "1", isAssured: true));
        _outbox.Add(Message("sent", "1"));
        Taken();
        _outbox.Add(Message("kept", "2", isAssured: true, isRetained: true));

        _outbox.Renew();

        Assert.Equal("kept=2 lost=1", Taken());
        Assert.Null(new MqttOutbox(1).OldestSent);
    }

    [Fact]
    public void Renew_OfWhatWasTakenAway_SaysNothing()
    {
        _outbox.Add(Message("kept", "1", isAssured: true, isRetained: true));
        _outbox.TryTake(default, out _, out var id);
        _outbox.Acknowledge(id);
        _outbox.Add(Message("kept", "", isAssured: true, isRetained: true));
        _outbox.TryTake(default, out _, out id);
        _outbox.Acknowledge(id);

        _outbox.Renew();

        Assert.Equal("", Taken());
    }

    private static MqttMessage Message(string topic, string text, bool isAssured = false, bool isRetained = false) =>
        new(topic, System.Text.Encoding.UTF8.GetBytes(text), isAssured, isRetained);

    private string Taken()
    {
        var taken = new List<string>();
        while (_outbox.TryTake(default, out var message, out _))
        {
            taken.Add($"{message.Topic}={System.Text.Encoding.UTF8.GetString(message.Payload.Span)}");
        }

        return string.Join(' ', taken);
    }
}
