using System.Text;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;
using Rondo.Services.Noise.Probing;

namespace Rondo.Services.Tests.Noise.Probing;

public sealed class PendingFramesTests : IDisposable
{
    private static readonly DateTimeOffset Began = new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero);

    private readonly PendingFrames _pending = new();
    private int _seconds;

    public void Dispose() => _pending.Dispose();

    [Fact]
    public void Sequence_AfterAGreeting_FollowsWhatTheServerHas()
    {
        Add(3);

        _pending.Greet(41);

        Assert.Equal([42, 43, 44], Sequences());
        _pending.Acknowledge(43);
        Assert.Equal([44], Sequences());
        Add(1);
        _pending.Greet(43);
        Assert.Equal([44, 45], Sequences());
    }

    [Fact]
    public void Sequence_AnotherProcessHasSpoken_GoesOnBehindIt()
    {
        Add(2);
        _pending.Greet(0);
        _pending.Acknowledge(1);

        _pending.Greet(500);

        Assert.Equal([501], Sequences());
    }

    /// <summary>
    /// The server was put back to an older state: what it lost is gone, and numbers are not used twice.
    /// </summary>
    [Fact]
    public void Sequence_ServerKnowsLess_GoesOn()
    {
        Add(5);
        _pending.Greet(0);
        _pending.Acknowledge(4);

        _pending.Greet(2);

        Assert.Equal([5], Sequences());
    }

    [Fact]
    public void Add_MoreThanTenMinutes_GivesTheOldestUp()
    {
        Add(700);

        Assert.Equal((600, 100), (_pending.Count, _pending.GivenUp));
        _pending.Greet(0);
        Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i), Sequences());
    }

    [Fact]
    public async Task Wait_SomethingAdded_EndsOnceForAllOfIt()
    {
        Add(2);
        await _pending.WaitAsync(TestContext.Current.CancellationToken);

        var next = _pending.WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(next.IsCompleted);
        Add(1);
        await next;
    }

    [Fact]
    public void Clock_GustsAndDrift_KeepsSecondsSideBySide()
    {
        var clock = new FrameClock();
        var second = TimeSpan.FromSeconds(1);
        var first = clock.Next(second, Began);
        Assert.Equal(Began - second, first);

        var late = clock.Next(second, Began + second + TimeSpan.FromMilliseconds(300));
        Assert.Equal(TimeSpan.FromMilliseconds(1), late - first - second);

        var afterGap = clock.Next(second, Began + (60 * second));
        Assert.Equal(Began + (59 * second), afterGap);
    }

    [Fact]
    public void Frame_LongestNamesAndNumbers_IsShortEnough()
    {
        var target = new ProbeTarget(new Uri("ws://h/noise/publish"), new string('r', 40), new string('d', 40), "t")
        {
            SampleRate = 768_000,
            IsSimulated = true,
        };
        var reading = Reading with { LAeq = 200, Flags = LevelFlags.Clipped | LevelFlags.LowRate, Duration = 0.999 };

        var frame = target.Frame(new PendingFrame(1, Began, reading), 1L << 52, null);

        Assert.InRange(Encoding.UTF8.GetByteCount(frame), 200, 300);
        Assert.Contains("\"laeq\":150,\"lafmax\":150,", frame, StringComparison.Ordinal);
    }

    [Fact]
    public void Frame_Muted_HasNoLevel()
    {
        var target = new ProbeTarget(new Uri("ws://h/noise/publish"), "lobby", "d1", "t") { SampleRate = 48_000 };
        var silent = Reading with { LAeq = double.NegativeInfinity, Flags = LevelFlags.Muted };

        Assert.Equal(
            """
            {"v":1,"room":"lobby","device":"d1","seq":7,"t0":"2026-11-22T05:00:00.000Z","dur":1,
            "laeq":null,"lafmax":null,"lcpeak":null,"flags":["muted"],"fs":48000}
            """.ReplaceLineEndings(""),
            target.Frame(new PendingFrame(1, Began, silent), 7, 118));
    }

    private static MeterReading Reading => new()
    {
        Start = 0,
        Duration = 1,
        LAeq = -60,
        LAMax = -58,
        Displayed = -60,
        LCPeak = -40,
        Flags = LevelFlags.None,
    };

    private void Add(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _pending.Add(Began.AddSeconds(_seconds++), Reading);
        }
    }

    private List<long> Sequences() => [.. _pending.After(0).Select(_pending.SeqOf)];
}
