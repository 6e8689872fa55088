using System.Collections.Immutable;
using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

// What is too loud, and who is told.
internal sealed partial class NoiseMonitor
{
    /// <summary>The stream of alarms of all rooms.</summary>
    public const string AlarmStream = "noise-alarms";

    /// <summary>The type of its events.</summary>
    public const string AlarmType = "alarm";

    private const int MostShown = 50;
    private const int MostKept = 10_000;

    private ImmutableArray<NoiseAlarm> _alarms = [];

    private void Watch(NoiseRoom room, DateTimeOffset now)
    {
        var options = parts.Options();
        var local = TimeZoneInfo.ConvertTime(now, options.Zone());
        var counts = room.Config.CountedHours?.Contains(TimeOnly.FromTimeSpan(local.TimeOfDay)) is not false;
        var level = room.LevelNow(now);
        if (room.Alarm.Observe(now, level, room.Config, options.Hysteresis, counts))
        {
            _ = TellAsync(room, level);
        }
    }

    private async Task TellAsync(NoiseRoom room, double? level)
    {
        var alarm = new NoiseAlarm(
            0, room.Config.Id, room.Config.Name, room.Alarm.IsLoud, room.Alarm.Since, level, room.Config.Loud);
        try
        {
            var stored = await parts.Store.AppendAsync(
                AlarmStream, [new NewEvent(AlarmType, NoiseJson.Alarm(alarm))]);
            await parts.Store.RetainAsync(AlarmStream, MostKept, null);
            Add(alarm with { Seq = stored[^1].Seq });
            Show();
        }
        catch (EventStoreException error)
        {
            NoiseLog.AlarmFailed(parts.Logger, error, room.Config.Id);
        }
    }

    private void Add(NoiseAlarm alarm)
    {
        _alarms = _alarms.Add(alarm);
        if (_alarms.Length > MostShown)
        {
            _alarms = _alarms.RemoveAt(0);
        }
    }

    private async Task LoadAlarmsAsync()
    {
        var page = await parts.Store.ReadBackAsync(AlarmStream, null, MostShown);
        foreach (var stored in page.Events.Where(e => e.Type == AlarmType).Reverse())
        {
            using var document = JsonDocument.Parse(stored.Data);
            var alarm = NoiseJson.ReadAlarm(document.RootElement, stored.Seq);
            Add(alarm);
            Find(alarm.RoomId)?.Alarm.Resume(alarm.IsLoud, alarm.Since);
        }
    }
}
