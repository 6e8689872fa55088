using Rondo.Services.Supervision;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Supervision;

public sealed class ChildStateTests
{
    private static readonly Uri Place = new("http://127.0.0.1:4711");

    private readonly ManualTime _time = new(TestServer.Friday);
    private readonly ChildState _child;

    public ChildStateTests() => _child = new ChildState("chat", _time, new Random(1));

    [Fact]
    public void Child_ThatAnswers_IsUpAndReadyWhenItSaysSo()
    {
        _child.Started(42);
        var starting = _child.Current;
        _child.Listens(Place);
        _child.Answered(isReady: false);
        var up = _child.Current;
        _time.Advance(TimeSpan.FromSeconds(1));
        _child.Answered(isReady: true);

        Assert.Equal((ChildPhase.Starting, 42, false), (starting.Phase, starting.ProcessId, starting.IsReady));
        Assert.Equal((ChildPhase.Up, Place, false), (up.Phase, up.Url, up.IsReady));
        Assert.True(_child.Current.IsReady);
        Assert.Equal(up.Since, _child.Current.Since);
    }

    [Fact]
    public void Child_ThatEnds_KeepsHowAndItsLastWordsAndSaysWhenItIsBack()
    {
        _child.Started(42);
        _child.Said("first");
        _child.Said("no room on the disk");

        var pause = _child.Ended(new ChildExit(137));

        var down = _child.Current;
        Assert.Equal(ChildPhase.BackingOff, down.Phase);
        Assert.Equal(_time.GetUtcNow() + pause, down.Next);
        Assert.Equal(("signal KILL", "no room on the disk"), (down.LastExit!.Value.Text, down.LastWords));
        Assert.Null(down.ProcessId);
        Assert.Equal((1, 1), (down.Restarts, down.EndsInHour(_time.GetUtcNow())));
        _child.Started(43);
        Assert.Null(_child.Current.Next);
        Assert.Equal("signal KILL", _child.Current.LastExit!.Value.Text);
    }

    [Fact]
    public void Ends_AreCountedForAnHour()
    {
        for (var end = 0; end < 3; end++)
        {
            _child.Started(end);
            _child.Ended(new ChildExit(1));
            _time.Advance(TimeSpan.FromMinutes(25));
        }

        Assert.Equal(2, _child.Current.EndsInHour(_time.GetUtcNow()));
        Assert.Equal(3, _child.Current.Restarts);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _child.Current.EndsInHour(_time.GetUtcNow()));
    }

    [Fact]
    public void Child_ThatHasAnsweredAndIsSilentFor15Seconds_Hangs()
    {
        _child.Started(42);
        _time.Advance(ChildState.HangLimit * 2);
        Assert.False(_child.Hangs());
        _child.Answered(isReady: true);
        _time.Advance(ChildState.HangLimit - TimeSpan.FromMilliseconds(1));
        Assert.False(_child.Hangs());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_child.Hangs());
    }

    [Fact]
    public void Child_ThatNeverListens_HangsAfterItsStartLimit()
    {
        _child.Started(42);
        _time.Advance(ChildState.StartLimit);
        Assert.True(_child.Hangs());
    }

    [Fact]
    public void Child_ThatIsNotReadyFor30Seconds_IsToldOnceEachTime()
    {
        _child.Started(42);
        _child.Answered(isReady: false);
        Assert.False(_child.IsUnreadyTooLong());
        _time.Advance(ChildState.ReadyLimit);
        Assert.True(_child.IsUnreadyTooLong());
        Assert.False(_child.IsUnreadyTooLong());
        _child.Answered(isReady: true);
        Assert.False(_child.IsUnreadyTooLong());
        _child.Answered(isReady: false);
        _time.Advance(ChildState.ReadyLimit);
        Assert.True(_child.IsUnreadyTooLong());
    }

    [Theory]
    [InlineData(0, null, "exit code 0")]
    [InlineData(2, null, "exit code 2")]
    [InlineData(137, "KILL", "signal KILL")]
    [InlineData(143, "TERM", "signal TERM")]
    [InlineData(139, "SEGV", "signal SEGV")]
    [InlineData(162, "34", "signal 34")]
    [InlineData(255, null, "exit code 255")]
    public void Exit_TellsSignalOrCode(int code, string? signal, string text) =>
        Assert.Equal((signal, text), (new ChildExit(code).Signal, new ChildExit(code).Text));
}
