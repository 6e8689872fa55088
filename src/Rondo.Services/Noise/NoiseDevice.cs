using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>One that a device speaks through; a newer one takes its place.</summary>
internal interface IDeviceLink
{
    /// <summary>Everything up to this sequence is durable.</summary>
    void Acknowledge(long seq);

    /// <summary>What was sent was not stored: the device comes again and sends it again.</summary>
    void Fail(NoiseRefusal reason);

    /// <summary>The calibration has changed.</summary>
    void Calibrated(double offset);

    /// <summary>The device counts no more, or another connection of it has come.</summary>
    void End(string reason);
}

/// <summary>A device of a room: what it has sent, what of it is durable. Lives on the noise loop.</summary>
internal sealed class NoiseDevice(NoiseDeviceConfig config, TimeProvider time)
{
    // A device that was cut off sends the ten minutes that it has kept at once, eight frames a second.
    private const int LateBurst = 6000;
    private const int LiveBurstSeconds = 3;

    /// <summary>What a device adds to dB of full scale while nobody has calibrated it.</summary>
    public const double AssumedOffset = 120;

    // How far ahead of this server a device's clock may be before its frames are refused.
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    // Nobody begins with what was measured so long ago.
    private static readonly TimeSpan ClockDoubt = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly TokenBucket _live = new(time);
    private readonly TokenBucket _late = new(time);
    private readonly Queue<Heard> _window = new();
    private DateTimeOffset _lastEnd;

    public NoiseDeviceConfig Config { get; set; } = config;

    /// <summary>The highest sequence that is durable.</summary>
    public long Ack { get; private set; }

    /// <summary>The highest sequence that was taken, durable or on its way.</summary>
    public long Taken { get; private set; }

    /// <summary>What is added to the device's clock to get this server's; null while nobody knows.</summary>
    public TimeSpan? Clock { get; private set; }

    /// <summary>When the newest thing that it has measured ended; null when nothing is known.</summary>
    public DateTimeOffset? HeardUntil { get; private set; }

    public IDeviceLink? Link { get; set; }

    /// <summary>What is always to be said about its levels.</summary>
    public LevelFlags Flags => Config.Offset is null ? LevelFlags.Uncalibrated : LevelFlags.None;

    /// <summary>
    /// The device has told what time it has. The network's delay is in that: what was known before stays unless it
    /// differs by more.
    /// </summary>
    public void TellClock(DateTimeOffset deviceNow)
    {
        var told = time.GetUtcNow() - deviceNow;
        if (Clock is not { } known || (told - known).Duration() > Delay)
        {
            Clock = told;
        }
    }

    /// <summary>
    /// A device that has never sent anything, and does not say what time it has, sends several frames: the newest of
    /// them has just ended. When that is long ago by its clock, the clock is wrong.
    /// </summary>
    public void Expect(NoiseFrame newest, NoiseOptions options)
    {
        var lag = time.GetUtcNow() - newest.Start - newest.Length;
        if (Clock is null && Taken == 0 && lag > ClockDoubt && lag <= options.Late)
        {
            Clock = lag;
        }
    }

    /// <summary>What was known before a restart.</summary>
    public void Resume(long ack, TimeSpan? clock, DateTimeOffset? heardUntil)
    {
        if (ack > Ack)
        {
            (Ack, Taken, Clock) = (ack, ack, clock ?? Clock);
        }

        if (heardUntil is { } until && until > _lastEnd)
        {
            _lastEnd = until;
        }
    }

    /// <summary>
    /// Takes a frame on, with its time by this server's clock; or tells that it is there already, or why not.
    /// </summary>
    public (TakenFrame? Frame, bool IsRepeated, NoiseRefusal? Refusal) Take(NoiseFrame frame, NoiseOptions options)
    {
        var now = time.GetUtcNow();
        var lag = now - frame.Start - frame.Length;
        var clock = Clock ?? TimeSpan.Zero;
        var ahead = clock - lag;
        if (ahead > MostAhead)
        {
            return (null, false, new NoiseRefusal(
                NoiseProblems.TooNew,
                $"'t0' is more than {MostAhead.TotalMinutes:0} minutes ahead of the time here, "
                    + $"{StreamJson.Text(now)}."));
        }

        if (lag - clock > options.Late)
        {
            return (null, false, new NoiseRefusal(
                NoiseProblems.TooOld,
                $"'t0' is more than {options.Late.TotalMinutes:0} minutes before the time here, "
                    + $"{StreamJson.Text(now)}."));
        }

        // Nothing arrives before it has ended.
        Clock = ahead > TimeSpan.Zero ? lag : clock;
        var start = frame.Start + Clock.Value;
        if (frame.Seq <= Taken)
        {
            return start < _lastEnd
                ? (null, true, null)
                : (null, false, new NoiseRefusal(
                    NoiseProblems.SeqTooLow, $"This device has sent up to {Taken} before: go on with {Taken + 1}."));
        }

        if (Taken > 0 && frame.Seq - Taken > NoiseFrame.LargestJump)
        {
            return (null, false, new NoiseRefusal(
                NoiseProblems.SeqOutOfRange, $"'seq' is {Taken + 1} next, not {frame.Seq}."));
        }

        if (Pace(lag - Clock.Value, options) is { } wait)
        {
            return (null, false, new NoiseRefusal(
                NoiseProblems.TooFast, $"At most {options.FramesPerSecond} frames a second.", wait));
        }

        Taken = frame.Seq;
        _lastEnd = start + frame.Length > _lastEnd ? start + frame.Length : _lastEnd;
        var taken = new TakenFrame(
            Config.Id, frame.Seq, start, frame.Length, frame.LAeq, frame.LAFmax, frame.LCpeak, frame.Flags | Flags,
            Clock.Value)
        { Offset = Config.Offset };
        Hear(taken);
        return (taken, false, null);
    }

    /// <summary>Everything up to here is durable.</summary>
    public void Stored(long seq) => Ack = Math.Max(Ack, seq);

    /// <summary>What was on its way is lost; it will come again.</summary>
    public void Lost() => Taken = Ack;

    /// <summary>Notes what is heard now, for the level that is shown.</summary>
    public void Hear(TakenFrame frame)
    {
        var end = frame.Start + frame.Length;
        if (HeardUntil is { } before && end < before)
        {
            return;
        }

        HeardUntil = end;
        _window.Enqueue(new Heard(end, frame));
        while (_window.Count > 1 && end - _window.Peek().End >= Window)
        {
            _window.Dequeue();
        }
    }

    /// <summary>What it hears at a moment; null when nothing fresh is known.</summary>
    public LevelSecond? Now(DateTimeOffset now)
    {
        if (_window.Count == 0 || HeardUntil is not { } until
            || now - until > Fresh + _window.Last().Frame.Length)
        {
            return null;
        }

        var second = new LevelSecond();
        foreach (var (_, frame) in _window.Where(h => until - h.End < Shown))
        {
            if (frame.LAeq is { } level)
            {
                second.Add(
                    Config.Id, EnergySum.Of(level, frame.Length.TotalSeconds), frame.LAFmax, frame.Flags);
            }
            else
            {
                second.Note(frame.Flags);
            }
        }

        return second;
    }

    /// <summary>
    /// What it has heard over the last ten seconds in dB of full scale; null with less than three seconds of them.
    /// </summary>
    public double? FullScale(DateTimeOffset now)
    {
        var sum = default(EnergySum);
        foreach (var (end, frame) in _window)
        {
            if (now - end < Window + Fresh && frame.LAeq is { } level && frame.Offset == Config.Offset)
            {
                sum += EnergySum.Of(level, frame.Length.TotalSeconds);
            }
        }

        return sum.Seconds >= Enough.TotalSeconds ? sum.Leq - (Config.Offset ?? AssumedOffset) : null;
    }

    private TimeSpan? Pace(TimeSpan late, NoiseOptions options) => late < Live
        ? _live.TryTake(options.FramesPerSecond, options.FramesPerSecond * LiveBurstSeconds)
        : _late.TryTake(options.FramesPerSecond, LateBurst);

    private readonly record struct Heard(DateTimeOffset End, TakenFrame Frame);
}
