using System.Text;
using Rondo.Services.Streams;

namespace Rondo.Services.Weather;

/// <summary>
/// Keeps the weather of the places that somebody watches fresh, and appends each change to the place's stream. Nobody
/// watches, nobody is asked.
/// </summary>
internal sealed class WeatherEvents(
    WeatherAggregator weather,
    IEventStore streams,
    TimeProvider time,
    Random random,
    ILogger<WeatherEvents> logger)
{
    private const string Type = "weather";
    private const string Sender = "weather";
    private const int Kept = 256;

    /// <summary>So that places whose watchers came together do not ask together for ever.</summary>
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watch> _watches = [];

    /// <summary>How many places somebody watches.</summary>
    public int Watched
    {
        get
        {
            using var scope = _gate.EnterScope();
            return _watches.Count;
        }
    }

    /// <summary>Keeps a place fresh until what is returned is disposed of; many may watch one place.</summary>
    public IDisposable Begin(WeatherPlace place)
    {
        using var scope = _gate.EnterScope();
        if (!_watches.TryGetValue(place.Stream, out var watch))
        {
            watch = new Watch(this, place);
            _watches[place.Stream] = watch;
            watch.Running = RunAsync(place, watch.Ending.Token);
        }

        watch.Watchers++;
        return new Watcher(watch);
    }

    private void End(Watch watch)
    {
        using var scope = _gate.EnterScope();
        if (--watch.Watchers == 0)
        {
            _watches.Remove(watch.Place.Stream);
            watch.Ending.Cancel();
            watch.Ending.Dispose();
        }
    }

    private async Task RunAsync(WeatherPlace place, CancellationToken ending)
    {
        try
        {
            // The caller holds the lock.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            string? told = null;
            while (true)
            {
                var view = await weather.RefreshAsync(place, ending);
                told = await TellAsync(view, told, ending);
                var now = time.GetUtcNow();
                var next = view.RefreshAt < view.ValidUntil ? view.RefreshAt : view.ValidUntil;
                await Task.Delay(
                    (next - now > Pause ? next - now : Pause) + (Jitter * random.NextDouble()), time, ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The last watcher has left.
        }
        catch (Exception error)
        {
            // Nobody awaits this task; those who watch keep what they have been told.
            WeatherLog.StreamFailed(logger, error, place.FullName);
        }
    }

    /// <summary>Appends the view unless it is what was told last; returns what has been told then.</summary>
    private async Task<string?> TellAsync(ForecastView view, string? told, CancellationToken ending)
    {
        if (view.IsEmpty)
        {
            return told;
        }

        // Without its age, which says only when somebody looked.
        var data = new WeatherStyle { Days = ForecastView.MostDays }.Write(view, view.AsOf);
        try
        {
            told ??= await LastAsync(view.Place, ending);
            if (data != told)
            {
                await streams.AppendAsync(
                    view.Place.Stream, [new NewEvent(Type, Encoding.UTF8.GetBytes(data))], null, Sender, ending);
                await streams.RetainAsync(view.Place.Stream, Kept, null, ending);
            }

            return data;
        }
        catch (EventStoreException error)
        {
            WeatherLog.StreamFailed(logger, error, view.Place.FullName);
            return told;
        }
    }

    private async Task<string?> LastAsync(WeatherPlace place, CancellationToken ending)
    {
        var page = await streams.ReadBackAsync(place.Stream, null, 1, ending);
        return page.Events is [var newest, ..] ? Encoding.UTF8.GetString(newest.Data.Span) : null;
    }

    private sealed class Watch(WeatherEvents events, WeatherPlace place)
    {
        public WeatherEvents Events { get; } = events;

        public WeatherPlace Place { get; } = place;

        public CancellationTokenSource Ending { get; } = new();

        public int Watchers { get; set; }

        public Task? Running { get; set; }
    }

    private sealed class Watcher(Watch watch) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                watch.Events.End(watch);
            }
        }
    }
}
