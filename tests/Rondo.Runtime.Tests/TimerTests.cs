namespace Rondo.Runtime.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void CallLater_EqualDeadlines_FireFirstInFirstOut()
    {
        var seen = new List<int>();
        using var loop = new EventLoop();
        var when = loop.Time + Soon;
        for (var i = 0; i < 8; i++)
        {
            var number = i;
            loop.CallAt(when, () => seen.Add(number));
        }

        loop.CallAt(when, loop.Stop);
        loop.RunForever();

        Assert.Equal(Enumerable.Range(0, 8), seen);
    }

    [Fact]
    public void CallLater_Fires_NeverBeforeItsDeadline()
    {
        using var loop = new EventLoop();
        var early = new List<TimeSpan>();
        for (var i = 1; i <= 40; i++)
        {
            TimerHandle? timer = null;
            timer = loop.CallLater(TimeSpan.FromMilliseconds(i * 0.7), () =>
            {
                if (loop.Time < timer!.When)
                {
                    early.Add(timer.When - loop.Time);
                }
            });
        }

        loop.CallLater(TimeSpan.FromMilliseconds(40), loop.Stop);
        loop.RunForever();

        Assert.Empty(early);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1000)]
    public void CallLater_ZeroOrNegative_FiresInTheNextTurnBehindWhatIsReady(int milliseconds)
    {
        var seen = new List<string>();
        using var loop = new EventLoop();
        loop.CallLater(TimeSpan.FromMilliseconds(milliseconds), () => seen.Add("timer"));
        loop.CallSoon(() => seen.Add("ready"));
        loop.Stop();

        loop.RunForever();

        Assert.Equal(["ready", "timer"], seen);
    }

    [Fact]
    public void CallLater_BeyondTimeSpan_IsRefused()
    {
        using var loop = new EventLoop();

        Assert.Throws<ArgumentOutOfRangeException>("delay", () => loop.CallLater(TimeSpan.MaxValue, () => { }));
    }

    [Fact]
    public void Cancel_WhenDueButNotRunYet_StillPreventsIt()
    {
        var ran = false;
        using var loop = new EventLoop();
        TimerHandle? second = null;
        loop.CallLater(TimeSpan.Zero, () => Assert.True(second!.Cancel()));
        second = loop.CallLater(TimeSpan.Zero, () => ran = true);
        loop.Stop();

        loop.RunForever();

        Assert.False(ran);
        Assert.False(second.IsScheduled);
        Assert.False(second.Cancel());
    }

    [Fact]
    public void Reschedule_FromItsOwnCallback_FiresAgain()
    {
        var fired = 0;
        using var loop = new EventLoop();
        TimerHandle? timer = null;
        timer = loop.CallLater(TimeSpan.Zero, () =>
        {
            if (++fired < 5)
            {
                timer!.Reschedule(TimeSpan.Zero);
            }
            else
            {
                loop.Stop();
            }
        });

        loop.RunForever();

        Assert.Equal(5, fired);
    }

    [Fact]
    public void Delay_OnTheLoopsTime_ContinuesOnTheLoop() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        var before = loop.Time;

        await Task.Delay(Soon, loop.TimeProvider, TestContext.Current.CancellationToken);

        Assert.Same(loop, EventLoop.Running);
        Assert.True(loop.Time - before >= Soon);
    });

    [Fact]
    public void PeriodicTimer_OnTheLoopsTime_Ticks() => EventLoop.Run(async () =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), EventLoop.Running!.TimeProvider);
        for (var tick = 0; tick < 5; tick++)
        {
            Assert.True(await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
        }
    });
}
