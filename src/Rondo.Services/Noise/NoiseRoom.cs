using System.Collections.Immutable;
using Rondo.Runtime;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>What the rooms share.</summary>
/// <param name="Store">Where everything is kept.</param>
/// <param name="Loop">The loop that all rooms live on.</param>
/// <param name="Options">The settings that count now.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Logger">Where faults are told.</param>
internal sealed record NoiseParts(
    IEventStore Store, EventLoop Loop, Func<NoiseOptions> Options, NoiseMetrics Metrics, ILogger Logger);

/// <summary>
/// A room: its devices, what they have sent, what that makes. Lives on the noise loop. What a device sends is durable
/// before it is acknowledged: frames that come within a fifth of a second become one event.
/// </summary>
internal sealed partial class NoiseRoom(NoiseRoomConfig config, NoiseParts parts, bool isKept = true)
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LegacyFresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly LevelTimeline _timeline = new();
    private readonly SortedDictionary<DateTimeOffset, LevelSummary> _minutes = [];
    private List<TakenFrame> _pending = [];
    private TaskCompletionSource<NoiseRefusal?> _batch = new();
    private ImmutableArray<MinuteLevel> _shown = [];
    private bool _isAppending;
    private bool _isGone;
    private DateTimeOffset _appendedAt;

    public NoiseRoomConfig Config { get; set; } = config;

    /// <summary>Whether what is heard is stored; what is invented, and the talks' numbers, are not.</summary>
    public bool IsKept { get; } = isKept;

    public Dictionary<string, NoiseDevice> Devices { get; } = [];

    public AlarmTracker Alarm { get; } = new();

    /// <summary>The talks' number, and when it came; null of all rooms but theirs.</summary>
    public (double Value, DateTimeOffset At)? Legacy { get; set; }

    private string Stream => StreamOf(Config.Id);

    private DateTimeOffset Now => parts.Loop.TimeProvider.GetUtcNow();

    /// <summary>Where a room's frames are.</summary>
    public static string StreamOf(string id) => "noise/" + id;

    /// <summary>Where a room's minutes are.</summary>
    public static string MinutesOf(string id) => $"noise/{id}/minutes";

    /// <summary>
    /// Takes a frame of a device on. Without a refusal the task ends once it is durable, with why it is not otherwise;
    /// of a frame that is there already it has ended.
    /// </summary>
    public (NoiseRefusal? Refusal, Task<NoiseRefusal?> Stored) Take(NoiseDevice device, NoiseFrame frame)
    {
        var (taken, isRepeated, refusal) = device.Take(frame, parts.Options());
        if (refusal is not null)
        {
            parts.Metrics.Refused(refusal);
        }

        if (taken is null)
        {
            return (refusal, isRepeated && frame.Seq > device.Ack
                ? _batch.Task
                : Task.FromResult<NoiseRefusal?>(null));
        }

        parts.Metrics.Taken();
        if (!IsKept)
        {
            Fold(taken);
            device.Stored(taken.Seq);
            return (null, Task.FromResult<NoiseRefusal?>(null));
        }

        _pending.Add(taken);
        var stored = _batch.Task;
        if (!_isAppending)
        {
            _isAppending = true;
            var wait = _appendedAt + Gather - Now;
            if (wait > TimeSpan.Zero)
            {
                parts.Loop.CallLater(wait, Append);
            }
            else
            {
                Append();
            }
        }

        return (null, stored);
    }

    /// <summary>The room at a moment.</summary>
    public RoomLevel Show(DateTimeOffset now)
    {
        Recount();
        var (second, devices, flags) = Heard(now);
        var laeq = second?.Leq;
        var legacy = Legacy is { } told && now - told.At < LegacyFresh ? told.Value : (double?)null;
        var known = _timeline.Summarise(Whole(now) - Minute, Whole(now));
        return new RoomLevel
        {
            Id = Config.Id,
            Name = Config.Name,
            Kind = Config.Kind,
            Goal = Config.Goal,
            Loud = Config.Loud,
            State = State(second is not null || legacy is not null, laeq),
            LAeq = laeq,
            LAFmax = second?.Lmax,
            Leq1m = known.Leq,
            HeardUntil = Legacy?.At ?? Devices.Values.Max(d => d.HeardUntil),
            Quality = Legacy is null ? flags : LevelFlags.Legacy | LevelFlags.Uncalibrated,
            Devices = legacy is null ? devices : 1,
            LegacyValue = legacy,
            LoudSince = Alarm.IsLoud ? Alarm.Since : null,
            Minutes = _shown,
        };
    }

    /// <summary>The level of this moment, or null; the energy mean of the devices.</summary>
    public double? LevelNow(DateTimeOffset now) => Heard(now).Second?.Leq;

    /// <summary>The minutes that are not stored as such, oldest first, and what is known of each.</summary>
    public IReadOnlyList<(DateTimeOffset Minute, LevelSummary Levels)> OpenMinutes()
    {
        Recount();
        return [.. _minutes.Where(m => m.Key > WrittenUntil).Select(m => (m.Key, m.Value))];
    }

    /// <summary>Takes something over that no device has sent, in a room that is not stored.</summary>
    public void Imagine(TakenFrame frame) => Fold(frame);

    /// <summary>The room is taken away: nothing of it is stored any more.</summary>
    public void End(string reason)
    {
        _isGone = true;
        foreach (var device in Devices.Values)
        {
            device.Link?.End(reason);
        }
    }

    private (LevelSecond? Second, int Devices, LevelFlags Flags) Heard(DateTimeOffset now)
    {
        var (together, count, flags) = (new LevelSecond(), 0, LevelFlags.None);
        foreach (var device in Devices.Values)
        {
            if (device.Now(now) is { } heard)
            {
                count++;
                flags |= heard.Flags;
                if (heard.Leq is { } level)
                {
                    together.Add(device.Config.Id, EnergySum.Of(level, 1), heard.Lmax ?? level, heard.Flags);
                }
            }
        }

        return (together.Devices > 0 ? together : null, count, flags);
    }

    private NoiseState State(bool isHeard, double? laeq) =>
        !isHeard ? NoiseState.Silent
        : Alarm.IsLoud ? NoiseState.Loud
        : laeq > Config.Goal ? NoiseState.Goal
        : NoiseState.Ok;

    private void Append() => _ = AppendAsync();

    private async Task AppendAsync()
    {
        var (frames, batch) = (_pending, _batch);
        (_pending, _batch) = ([], new TaskCompletionSource<NoiseRefusal?>());
        _appendedAt = Now;
        NoiseRefusal? refusal = null;
        try
        {
            if (_isGone)
            {
                refusal = NoiseProblems.Missing(Config.Id);
            }
            else
            {
                var events = frames.Chunk(TakenFrame.MostOfEvent).Select(TakenFrame.ToEvent).ToList();
                _last = (await parts.Store.AppendAsync(Stream, events))[^1].Seq;
            }
        }
        catch (Exception error)
        {
            // Whatever it was, the devices must not wait for ever: they send again.
            NoiseLog.AppendFailed(parts.Logger, error, Config.Id);
            refusal = error is EventStoreException failed
                ? NoiseProblems.Describe(failed)
                : new NoiseRefusal(ProblemType.InternalError, "This was not stored; the log says why.");
        }

        if (refusal is null)
        {
            Finish(frames);
        }
        else
        {
            Fail(refusal);
        }

        batch.SetResult(refusal);
        _isAppending = _pending.Count > 0;
        if (_isAppending)
        {
            parts.Loop.CallLater(Gather, Append);
        }
    }

    private void Finish(IReadOnlyList<TakenFrame> frames)
    {
        foreach (var frame in frames)
        {
            Fold(frame);
            Devices.GetValueOrDefault(frame.Device)?.Stored(frame.Seq);
        }

        foreach (var id in frames.Select(f => f.Device).Distinct())
        {
            if (Devices.GetValueOrDefault(id) is { Link: { } link } device)
            {
                link.Acknowledge(device.Ack);
            }
        }
    }

    // What came meanwhile is refused with it: sequences are acknowledged in order.
    private void Fail(NoiseRefusal refusal)
    {
        _pending.Clear();
        _batch.SetResult(refusal);
        _batch = new TaskCompletionSource<NoiseRefusal?>();
        foreach (var device in Devices.Values.Where(d => d.Taken > d.Ack))
        {
            device.Lost();
            device.Link?.Fail(refusal);
        }
    }

    private void Fold(TakenFrame frame) => _timeline.Add(
        frame.Device,
        frame.Start,
        frame.Length,
        (frame.Flags & LevelFlags.Muted) == 0 ? frame.LAeq : null,
        frame.LAFmax,
        frame.Flags);

    private void Recount()
    {
        var changed = _timeline.TakeChanged();
        if (changed.Count == 0)
        {
            return;
        }

        foreach (var minute in changed)
        {
            if (minute > WrittenUntil)
            {
                _minutes[minute] = _timeline.Summarise(minute, minute + Minute);
            }
        }

        var first = Now - Hour;
        foreach (var old in _minutes.Keys.TakeWhile(m => m < first).ToList())
        {
            _minutes.Remove(old);
        }

        _shown = [.. _minutes.Where(m => !m.Value.IsEmpty).Select(m => new MinuteLevel(
            m.Key, m.Value.Leq!.Value, m.Value.Lmax ?? m.Value.Leq.Value, m.Value.Coverage(Minute)))];
    }

    private static DateTimeOffset Whole(DateTimeOffset moment) =>
        DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());
}
