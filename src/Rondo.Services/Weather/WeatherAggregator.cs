using System.Collections.Concurrent;
using Rondo.Services.Hosting;
using Rondo.Services.Weather.Sources;

namespace Rondo.Services.Weather;

/// <summary>
/// Gives the weather of places from what is held, and has the sources asked when that is due: one refresh for a place
/// at a time, however many ask. A refresh belongs to nobody who waits for it: none of them can take it from the others.
/// </summary>
internal sealed class WeatherAggregator : IDisposable
{
    private const int MostPlaces = 10_000;

    /// <summary>After a refresh that did not bring everything; doubled after each further one.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    /// <summary>So that a server that is dead for a day has not used up its budget when it is back.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    /// <summary>After a server has said that it has nothing for a place.</summary>
    private static readonly TimeSpan UnknownPause = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<WeatherUpstream> _upstreams;
    private readonly LiveOptions<WeatherOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private ConcurrentDictionary<(decimal, decimal), PlaceState> _places = new();

    public WeatherAggregator(
        IReadOnlyList<WeatherUpstream> upstreams,
        LiveOptions<WeatherOptions> options,
        TimeProvider time,
        ILogger<WeatherAggregator> logger)
    {
        _upstreams = upstreams;
        _options = options;
        _time = time;
        _logger = logger;
        _stopped = _stopping.Token;
        options.Changed += Forget;
    }

    public IReadOnlyList<WeatherUpstream> Upstreams => _upstreams;

    public int PlaceCount => _places.Count;

    /// <summary>Refreshes on their way at present.</summary>
    public int RefreshesRunning => _places.Values.Count(p => p.Refresh is not null);

    /// <summary>
    /// The weather of a place: at once if enough is held, however old; otherwise what has arrived when the refresh ends
    /// or the deadline is over, which may be nothing.
    /// </summary>
    /// <param name="place">The place.</param>
    /// <param name="days">How many days, today included, must be there to answer at once.</param>
    /// <param name="cancellation">Gives up the wait of this caller alone.</param>
    public ValueTask<ForecastView> GetAsync(WeatherPlace place, int days, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var state = State(place, now);
        var view = state.View(now);
        if (now < view.RefreshAt)
        {
            return new ValueTask<ForecastView>(Named(view, place, now));
        }

        var refresh = state.Refresh ?? (now >= state.RetryAt ? Begin(state) : null);
        return refresh is null || (!view.IsEmpty && view.Missing(days).Count == 0)
            ? new ValueTask<ForecastView>(Named(state.View(now), place, now))
            : WaitAsync(state, place, refresh, cancellation);
    }

    /// <summary>The same, but waits for a refresh that is due.</summary>
    public ValueTask<ForecastView> RefreshAsync(WeatherPlace place, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var state = State(place, now);
        var view = state.View(now);
        var refresh = now < view.RefreshAt ? null : state.Refresh ?? (now >= state.RetryAt ? Begin(state) : null);
        return refresh is null
            ? new ValueTask<ForecastView>(Named(view, place, now))
            : WaitAsync(state, place, refresh, cancellation);
    }

    /// <summary>When it is worth asking again for a place that nothing is known of.</summary>
    public TimeSpan RetryAfter(WeatherPlace place)
    {
        var now = _time.GetUtcNow();
        var wait = State(place, now).RetryAt - now;
        return wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
    }

    public void Dispose()
    {
        _options.Changed -= Forget;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    // Two names of the same coordinates share what is held; each answer carries the name that was asked for.
    private static ForecastView Named(ForecastView view, WeatherPlace place, DateTimeOffset now) =>
        ReferenceEquals(view.Place, place) || (view.Place.Id == place.Id && view.Place.Name == place.Name)
            ? view
            : view.For(place, now);

    private void Forget() => _places = new ConcurrentDictionary<(decimal, decimal), PlaceState>();

    private PlaceState State(WeatherPlace place, DateTimeOffset now)
    {
        var places = Volatile.Read(ref _places);
        if (places.TryGetValue(place.Key, out var state))
        {
            return state;
        }

        if (places.Count >= MostPlaces)
        {
            // Anybody with a key can name any number of coordinates: the half that was used least recently goes.
            foreach (var old in places.OrderBy(p => p.Value.UsedAt).Take(MostPlaces / 2))
            {
                places.TryRemove(old);
            }
        }

        return places.GetOrAdd(place.Key, static (_, named) => new PlaceState(named), place);
    }

    private async ValueTask<ForecastView> WaitAsync(
        PlaceState state, WeatherPlace place, Task refresh, CancellationToken cancellation)
    {
        try
        {
            await refresh.WaitAsync(_options.Current.Deadline, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // What has arrived by now is the answer.
        }

        var now = _time.GetUtcNow();
        return Named(state.View(now), place, now);
    }

    private Task Begin(PlaceState state)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (state.TryBegin(done.Task) is { } running)
        {
            return running;
        }

        _ = RunAsync(state, done);
        return done.Task;
    }

    private async Task RunAsync(PlaceState state, TaskCompletionSource done)
    {
        try
        {
            // Counting a call may wait for the disk, which is nothing for the event loop of whoever came first.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            state.RetryAt = await RefreshAsync(state);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // Whoever waits gets what is held.
        }
        catch (Exception error)
        {
            // Nobody awaits this task, and those who wait must not wait for ever.
            WeatherLog.RefreshFailed(_logger, error, state.Place.FullName);
            state.RetryAt = _time.GetUtcNow() + RetryPause;
        }
        finally
        {
            state.End();
            done.SetResult();
        }
    }

    /// <summary>Asks the sources in order for what is due. Returns when the next refresh may begin.</summary>
    private async Task<DateTimeOffset> RefreshAsync(PlaceState state)
    {
        var due = state.Held.Due(_time.GetUtcNow());
        DateTimeOffset? soonest = null;
        foreach (var upstream in _upstreams.Where(u => u.Source.Serves(state.Place)))
        {
            var calls = upstream.Source.Calls(due).ToList();
            var retries = await Task.WhenAll(calls.Select(parts => CallAsync(state, upstream, parts)));
            foreach (var retry in retries.OfType<DateTimeOffset>())
            {
                soonest = soonest is null || retry < soonest ? retry : soonest;
            }

            due = state.Held.Due(_time.GetUtcNow());
            if (due is WeatherParts.None)
            {
                state.Fruitless = 0;
                return default;
            }
        }

        var pause = RetryPause * Math.Pow(2, Math.Min(state.Fruitless++, 10));
        var next = _time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
        return soonest > next ? soonest.Value : next;
    }

    /// <summary>Returns when the source may be asked again if it has brought nothing, else null.</summary>
    private async Task<DateTimeOffset?> CallAsync(PlaceState state, WeatherUpstream upstream, WeatherParts parts)
    {
        var (source, gate) = (upstream.Source, upstream.Gate);
        var isCall = gate is not null && source.NeedsCall(state.Place);
        if (isCall && !gate!.TryEnter(out var retryAt, out var reason))
        {
            WeatherLog.SourceFailed(_logger, state.Place.FullName, source.Name, reason!);
            return retryAt;
        }

        var start = _time.GetTimestamp();
        try
        {
            var reading = await source.FetchAsync(state.Place, parts, _stopped);
            Take(state, source, parts, reading);
            if (isCall)
            {
                gate!.Succeeded(_time.GetElapsedTime(start));
            }

            WeatherLog.PartsArrived(_logger, state.Place.FullName, source.Name, reading.Parts);
            return null;
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            gate?.Abandoned();
            throw;
        }
        catch (Exception error) when (error is WeatherFormatException or HttpRequestException or TimeoutException
            or IOException or UnauthorizedAccessException or DatabaseException)
        {
            if (isCall)
            {
                gate!.Failed(error, _time.GetElapsedTime(start));
            }

            WeatherLog.SourceFailed(_logger, state.Place.FullName, source.Name, error.Message);
            return UpstreamGate.IsAboutPlace(error)
                ? _time.GetUtcNow() + UnknownPause
                : gate?.Status().RetryAt ?? _time.GetUtcNow();
        }
    }

    private void Take(PlaceState state, IWeatherSource source, WeatherParts parts, WeatherReading reading)
    {
        var now = _time.GetUtcNow();
        state.Take(held => new HeldWeather(
            parts.HasFlag(WeatherParts.Now) ? Better(held.Now, reading.Now) : held.Now,
            parts.HasFlag(WeatherParts.Days) ? Better(held.Days, reading.Days) : held.Days));

        // A file that has not been written since must not replace what a server has said later.
        HeldPart<T>? Better<T>(HeldPart<T>? held, T? value)
            where T : class =>
            value is null || (held is not null && now < held.UselessAt && reading.AsOf < held.AsOf)
                ? held
                : Hold(state.Place, source, value, reading.AsOf, now);
    }

    private HeldPart<T> Hold<T>(
        WeatherPlace place, IWeatherSource source, T value, DateTimeOffset asOf, DateTimeOffset now)
    {
        var (fresh, keep) = (_options.Current.FreshFor, _options.Current.KeepFor);
        var midnight = place.NextMidnight(now);
        return source.Kind switch
        {
            WeatherSourceKind.Server => new HeldPart<T>(
                value, source.Name, asOf, now + fresh, now + fresh, asOf + keep),

            // Its days are good as long as their dates are.
            WeatherSourceKind.File => new HeldPart<T>(
                value, source.Name, asOf, now + fresh, asOf + keep,
                value is CurrentWeather ? asOf + keep : DateTimeOffset.MaxValue),
            _ => new HeldPart<T>(value, source.Name, asOf, midnight, midnight, midnight),
        };
    }
}
