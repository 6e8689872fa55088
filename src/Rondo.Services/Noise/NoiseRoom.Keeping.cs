using System.Text.Json;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

// What is stored for long, what is forgotten, and what is there again after a restart.
internal sealed partial class NoiseRoom
{
    private const int Page = 1000;

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SnapshotInterval = TimeSpan.FromMinutes(10);

    private long _last;
    private long _snapshot;
    private DateTimeOffset _snapshotAt;
    private bool _isKeeping;

    /// <summary>The start of the newest minute that is stored as such.</summary>
    public DateTimeOffset WrittenUntil { get; private set; }

    /// <summary>
    /// Reads what was stored: how far each device was acknowledged, the last hour's minutes, and the frames of minutes
    /// that are still open.
    /// </summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task LoadAsync()
    {
        if (await parts.Store.ReadSnapshotAsync(Stream) is { } snapshot)
        {
            (_snapshot, _last) = (snapshot.Seq, snapshot.Seq);
            foreach (var (id, progress) in JsonSerializer.Deserialize<Dictionary<string, Progress>>(
                snapshot.State.Span, NoiseRoomConfig.Json)!)
            {
                Devices.GetValueOrDefault(id)?.Resume(
                    progress.Ack, TimeSpan.FromSeconds(progress.Clock), progress.Until);
            }
        }

        foreach (var stored in (await parts.Store.ReadBackAsync(MinutesOf(Config.Id), null, 60)).Events)
        {
            if (MinuteEvent.Read(stored) is var (minute, levels))
            {
                _minutes.TryAdd(minute, levels);
                WrittenUntil = minute > WrittenUntil ? minute : WrittenUntil;
            }
        }

        await LoadFramesAsync();
        _snapshotAt = Now;
        _shown = [];
        Recount();
    }

    /// <summary>Stores the minutes that nothing can come to any more, and forgets what is too old.</summary>
    public async Task KeepAsync()
    {
        if (!IsKept)
        {
            _timeline.ForgetBefore(Now - parts.Options().Late);
            return;
        }

        if (_isKeeping || _isGone)
        {
            return;
        }

        _isKeeping = true;
        try
        {
            await WriteMinutesAsync();
            if (Now - _snapshotAt >= SnapshotInterval)
            {
                await SnapshotAsync();
            }
        }
        catch (EventStoreException error)
        {
            NoiseLog.UpkeepFailed(parts.Logger, error, Config.Id);
        }
        finally
        {
            _isKeeping = false;
        }
    }

    /// <summary>Everything that the room has stored goes.</summary>
    public async Task EraseAsync()
    {
        await parts.Store.RetainAsync(MinutesOf(Config.Id), 0, null);
        if (_last > 0)
        {
            await parts.Store.SnapshotAsync(Stream, _last, "{}"u8.ToArray());
        }

        await parts.Store.RetainAsync(Stream, 0, null);
    }

    private async Task WriteMinutesAsync()
    {
        var over = Now - parts.Options().Late - Margin - Minute;
        var due = _timeline.Minutes().Where(m => m > WrittenUntil && m <= over).Take(Page).ToList();
        var events = due.Select(m => (m, Levels: _timeline.Summarise(m, m + Minute)))
            .Where(m => !m.Levels.IsEmpty || m.Levels.Flags != LevelFlags.None)
            .Select(m => MinuteEvent.Make(m.m, m.Levels)).ToList();
        if (events.Count > 0)
        {
            await parts.Store.AppendAsync(MinutesOf(Config.Id), events);
        }

        if (due.Count > 0)
        {
            WrittenUntil = due[^1];
            _timeline.ForgetBefore(WrittenUntil + Minute);
        }
    }

    // Frames older than the snapshot may go; how far each device was is in it.
    private async Task SnapshotAsync()
    {
        _snapshotAt = Now;
        var options = parts.Options();
        if (_last > _snapshot)
        {
            var progress = Devices.ToDictionary(
                d => d.Key,
                d => new Progress(d.Value.Ack, (d.Value.Clock ?? TimeSpan.Zero).TotalSeconds, d.Value.HeardUntil));
            var at = _last;
            await parts.Store.SnapshotAsync(
                Stream, at, JsonSerializer.SerializeToUtf8Bytes(progress, NoiseRoomConfig.Json));
            _snapshot = at;
        }

        await parts.Store.RetainAsync(Stream, null, options.KeepFrames);
        await parts.Store.RetainAsync(MinutesOf(Config.Id), null, options.KeepMinutes);
    }

    // Backwards, until everything of what comes before is in a stored minute and in the snapshot.
    private async Task LoadFramesAsync()
    {
        StreamCursor? before = null;
        var open = WrittenUntil == default ? default : WrittenUntil + Minute;
        while (true)
        {
            var page = await parts.Store.ReadBackAsync(Stream, before, Page);
            foreach (var stored in page.Events)
            {
                if (stored.At < open && stored.Seq <= _snapshot)
                {
                    return;
                }

                _last = Math.Max(_last, stored.Seq);
                foreach (var frame in TakenFrame.FromEvent(stored))
                {
                    Resume(frame, open);
                }
            }

            if (page.Events.Count == 0)
            {
                return;
            }

            before = new StreamCursor(null, page.Events[^1].Seq);
        }
    }

    private void Resume(TakenFrame frame, DateTimeOffset open)
    {
        Devices.GetValueOrDefault(frame.Device)?.Resume(
            frame.Seq, frame.Clock, frame.Start + frame.Length);
        if (frame.Start + frame.Length > open)
        {
            Fold(frame);
        }
    }

    /// <summary>How far a device was.</summary>
    private sealed record Progress(long Ack, double Clock, DateTimeOffset? Until);
}
