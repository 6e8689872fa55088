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
    IEventStore store,
    ServiceRegistry registry,
    ChatLoop loop,
    RoomDirectory rooms,
    LiveOptions<AnnouncementOptions> options,
    TimeProvider time,
    ILogger<Announcer> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    private static readonly Caller Speaker = new("b-rondo", "Rondo", ChatRole.Bot, "local");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        FollowAsync(NoiseMonitor.AlarmStream, OfAlarmAsync, stoppingToken),
        FollowAsync(RateEvents.Stream, OfRatesAsync, stoppingToken),
        WatchServicesAsync(stoppingToken));

    private Task OfAlarmAsync(StreamEvent stored)
    {
        if (!options.Current.Noise || stored.Type != NoiseMonitor.AlarmType)
        {
            return Task.CompletedTask;
        }

        var (room, text) = AnnouncementText.OfAlarm(stored);
        return SayAsync(room, text, Key(stored));
    }

    private Task OfRatesAsync(StreamEvent stored) =>
        options.Current.Rates && AnnouncementText.OfRates(stored) is { } text
            ? SayAsync(RoomDirectory.Lobby, text, Key(stored))
            : Task.CompletedTask;

    private async Task WatchServicesAsync(CancellationToken ending)
    {
        var changes = new ServiceChanges();
        try
        {
            while (true)
            {
                // Together with what changes with it: a service that is exchanged is not down.
                await Task.Delay(Settling, time, ending);
                if (registry.Current is not { } snapshot)
                {
                    continue;
                }

                foreach (var line in changes.Look(snapshot))
                {
                    if (options.Current.Services)
                    {
                        await SayAsync(RoomDirectory.Lobby, line, null);
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

    private async Task FollowAsync(string stream, Func<StreamEvent, Task> tell, CancellationToken ending)
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
                        await tell(told);
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

    private async Task SayAsync(string roomId, string text, string? key)
    {
        try
        {
            await loop.AskAsync(async () =>
                await rooms.FindAsync(roomId) is { } room && await room.SendAsync(Speaker, text, key) is { } said
                    ? said.Refusal
                    : null);
        }
        catch (EventStoreException error)
        {
            StreamFailed(logger, error, roomId);
        }
    }

    // So that nothing is said twice.
    private static string Key(StreamEvent stored) => $"{stored.Stream}-{stored.Seq}";

    [LoggerMessage(520, LogLevel.Warning, "What is announced of {Stream} does not get through")]
    private static partial void StreamFailed(ILogger logger, Exception error, string stream);
}
