using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class SlowPollTests
{
    private readonly Reports _reports = new();

    [Fact]
    public void Poll_OverTheLimit_IsReportedInTheWordsOfAsyncio()
    {
        Wait(TimeSpan.FromSeconds(1.5), slow: TimeSpan.FromSeconds(1));

        var poll = Assert.Single(_reports.Of<SlowPoll>());
        Assert.Equal("poll 1500.0 ms took 1500.0 ms: timeout", poll.Message);
        Assert.False(poll.WasWoken);
    }

    [Fact]
    public void Poll_UnderTheLimit_IsNotReported()
    {
        Wait(TimeSpan.FromSeconds(0.5), slow: TimeSpan.FromSeconds(1));

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Poll_ByDefault_IsNeverReported()
    {
        Wait(TimeSpan.FromHours(1), slow: null);

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Message_WithoutATimer_NamesNoLimit()
    {
        using var loop = new EventLoop();

        Assert.Equal("poll took 12.5 ms: woken", new SlowPoll(loop, null, TimeSpan.FromMilliseconds(12.5)).Message);
    }

    private void Wait(TimeSpan time, TimeSpan? slow) => VirtualLoop.Run(
        test => test.Loop.Delay(time), options: _reports.Options with { SlowPollDuration = slow });
}
