using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>How the sources have done so far.</summary>
internal sealed record RefreshStatus(
    DateTimeOffset? LastSuccess, DateTimeOffset? LastFailure, string? LastError, DateTimeOffset? Next);

/// <summary>
/// Asks the sources when new rates are due: at once if some are missing, then after each publication with a random
/// delay, and again with growing pauses while a source fails. However many ask, one call is in flight.
/// </summary>
internal sealed class RateRefresher : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan FilePoll = TimeSpan.FromSeconds(10);

    private readonly RateBook _book;
    private readonly IReadOnlyList<IRateSource> _sources;
    private readonly LiveOptions<CurrencyOptions> _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly bool _readsFile;
    private int _fruitless;
    private RefreshStatus _status = new(null, null, null, null);

    public RateRefresher(
        RateBook book,
        IReadOnlyList<IRateSource> sources,
        LiveOptions<CurrencyOptions> options,
        TimeProvider time,
        Random random,
        ILogger<RateRefresher> logger)
    {
        _book = book;
        _sources = sources;
        _options = options;
        _time = time;
        _random = random;
        _logger = logger;
        _readsFile = sources is [FileRateSource];
        options.Changed += Request;
    }

    public RefreshStatus Status => Volatile.Read(ref _status);

    /// <summary>False when there is no source to ask.</summary>
    public bool CanRefresh => _sources.Count > 0;

    /// <summary>Asks for a refresh as soon as none is running; returns at once.</summary>
    public void Request()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // One is already on its way; it will do for this caller too.
        }
    }

    public override void Dispose()
    {
        _options.Changed -= Request;
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!CanRefresh)
        {
            return;
        }

        while (true)
        {
            var next = NextAttempt();
            _status = Status with { Next = _readsFile ? null : next };
            await WaitAsync(next, stoppingToken);
            await RefreshAsync(stoppingToken);
        }
    }

    /// <summary>Asks the sources in order until one answers.</summary>
    private async Task RefreshAsync(CancellationToken cancellation)
    {
        // Counted off when what is due has come; the bank may be late or answer with yesterday's file. Where nothing is
        // due, somebody has asked on a whim, and a failure says nothing about the next publication.
        _fruitless = HasWhatIsDue(_time.GetUtcNow()) ? 0 : _fruitless + 1;
        foreach (var source in _sources)
        {
            if (source is FixerRateSource && _options.Current.FixerAddress is null)
            {
                continue;
            }

            try
            {
                Take(source, await source.FetchAsync(Newest(source.Origin), cancellation));
                return;
            }
            catch (Exception error) when (error is RateFormatException or HttpRequestException or TimeoutException
                or IOException or UnauthorizedAccessException or DatabaseException)
            {
                _status = Status with
                {
                    LastFailure = _time.GetUtcNow(),
                    LastError = $"{source.Origin.Label()}: {error.Message}",
                };
                CurrencyLog.SourceFailed(_logger, source.Origin.Label(), source.Location, error.Message, NextAttempt());
            }
        }
    }

    private void Take(IRateSource source, IReadOnlyList<RateDay> days)
    {
        var changed = _book.Add(days);
        if (source.Origin is not RateOrigin.File)
        {
            // A file knows nothing of newer rates: that it has not changed confirms nothing.
            _book.Confirm(source.Origin);
        }

        if (HasWhatIsDue(_time.GetUtcNow()))
        {
            _fruitless = 0;
        }

        _status = Status with { LastSuccess = _time.GetUtcNow(), LastError = null };
        if (changed.Count > 0)
        {
            CurrencyLog.RatesArrived(_logger, source.Origin.Label(), changed.Count, changed[^1].Date);
        }
        else
        {
            CurrencyLog.NothingNew(_logger, source.Origin.Label());
        }
    }

    private DateTimeOffset NextAttempt()
    {
        var now = _time.GetUtcNow();
        if (_readsFile)
        {
            return now + FilePoll;
        }

        if (HasWhatIsDue(now))
        {
            return TargetCalendar.NextPublication(now) + (_options.Current.Jitter * _random.NextDouble());
        }

        if (_fruitless == 0)
        {
            return now;
        }

        var pause = FirstRetry * Math.Pow(2, Math.Min(_fruitless - 1, 10));
        return now + ((pause < LongestRetry ? pause : LongestRetry) * (1 + (_random.NextDouble() / 4)));
    }

    private bool HasWhatIsDue(DateTimeOffset now) => Newest(RateOrigin.Ecb) >= TargetCalendar.LastPublished(now);

    private DateOnly? Newest(RateOrigin origin)
    {
        var table = _book.Current.Table;
        for (var day = table.Dates.Length - 1; day >= 0; day--)
        {
            if (table.OriginOf(day) == origin)
            {
                return table.Dates[day];
            }
        }

        return null;
    }

    private async Task WaitAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        var pause = until - _time.GetUtcNow();
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        using var due = _time.CreateTimer(
            static state => ((RateRefresher)state!).Request(), this, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(cancellation);
    }
}
