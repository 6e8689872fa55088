using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Noise;
using Rondo.Services.Registry;
using Rondo.Services.Streams;

namespace Rondo.Services.Announcements;

/// <summary>
/// Says in the chat what the other services tell: a room that is too loud, a service that is down, new rates. Only what
/// happens while it runs: who starts it later is told nothing of yesterday.
/// </summary>
internal sealed partial class Announcer(
    AnnouncedThings things,
    IEventStore store,
    IRegistryView? registry,
    ISpeaker speaker,
    LiveOptions<AnnouncementOptions> options,
    TimeProvider time,
    ILogger<Announcer> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Has(AnnouncedThings.Noise)
            ? FollowAsync(NoiseMonitor.AlarmStream, OfAlarmAsync, stoppingToken) : Task.CompletedTask,
        Has(AnnouncedThings.Rates)
            ? FollowAsync(RateEvents.Stream, OfRatesAsync, stoppingToken) : Task.CompletedTask,
        Has(AnnouncedThings.Services) && registry is not null
            ? WatchServicesAsync(registry, stoppingToken) : Task.CompletedTask);

    private bool Has(AnnouncedThings thing) => (things & thing) != 0;

    private Task OfAlarmAsync(StreamEvent stored, CancellationToken ending)
    {
        if (!options.Current.Noise || stored.Type != NoiseMonitor.AlarmType)
        {
            return Task.CompletedTask;
        }

        var (room, text) = AnnouncementText.OfAlarm(stored);
        return SayAsync(room, text, Key(stored), ending);
    }

    private Task OfRatesAsync(StreamEvent stored, CancellationToken ending) =>
        options.Current.Rates && AnnouncementText.OfRates(stored) is { } text
            ? SayAsync(RoomDirectory.Lobby, text, Key(stored), ending)
            : Task.CompletedTask;

    private async Task WatchServicesAsync(IRegistryView view, CancellationToken ending)
    {
        var changes = new ServiceChanges();
        try
        {
            while (true)
            {
                // Together with what changes with it: a service that is exchanged is not down.
                await Task.Delay(Settling, time, ending);
                if (view.Current is not { } snapshot)
                {
                    continue;
                }

                foreach (var line in changes.Look(snapshot))
                {
                    if (options.Current.Services)
                    {
                        await SayAsync(RoomDirectory.Lobby, line, null, ending);
                    }
                }

                await snapshot.Replaced.WaitAsync(ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Rondo stops.
        }
    }

    private async Task FollowAsync(
        string stream, Func<StreamEvent, CancellationToken, Task> tell, CancellationToken ending)
    {
        StreamCursor? after = null;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var watched = new WatchedStream(stream, after, StreamStart.Live);
                await foreach (var item in store.WatchAsync([watched], cancellation: ending))
                {
                    after = item.Cursor;
                    if (item is { Kind: StreamItemKind.Event, Event: { } told })
                    {
                        await tell(told, ending);
                    }
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (EventStoreException error)
            {
                StreamFailed(logger, error, stream);
                await Task.Delay(Pause, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SayAsync(string roomId, string text, string? key, CancellationToken ending)
    {
        try
        {
            await speaker.SayAsync(roomId, text, key, ending);
        }
        catch (IOException error)
        {
            StreamFailed(logger, error, roomId);
        }
    }

    // So that nothing is said twice.
    private static string Key(StreamEvent stored) => $"{stored.Stream}-{stored.Seq}";

    [LoggerMessage(520, LogLevel.Warning, "What is announced of {Stream} does not get through")]
    private static partial void StreamFailed(ILogger logger, Exception error, string stream);
}
