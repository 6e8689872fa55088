using System.Net;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather;

/// <summary>How a server has done so far.</summary>
/// <param name="Circuit">Whether it is asked at present.</param>
/// <param name="RetryAt">When it is asked again, if not.</param>
/// <param name="Used">Calls of this UTC day.</param>
/// <param name="Limit">Calls that it may have on one.</param>
/// <param name="P50">Half of the last 128 answers took no longer.</param>
/// <param name="P95">So did 95 of 100.</param>
internal sealed record UpstreamStatus(
    CircuitState Circuit, DateTimeOffset? RetryAt, int Used, int Limit, TimeSpan? P50, TimeSpan? P95)
{
    public DateTimeOffset? LastSuccess { get; init; }

    public DateTimeOffset? LastFailure { get; init; }

    public string? LastError { get; init; }
}

/// <summary>
/// Stands before one server: its circuit, its daily budget and what is known of its answers. Thread-safe; the lock is
/// held only around calls, of which there are a few a minute, never while a cached answer is given.
/// </summary>
internal sealed class UpstreamGate(
    string source, WeatherStore? store, int budgetBlock, Func<WeatherOptions> options, TimeProvider time)
{
    private const int Remembered = 128;

    private static readonly TimeSpan UncountedPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CircuitBreaker _circuit = new();
    private readonly DailyBudget _budget = new(source, store, budgetBlock);
    private readonly Queue<TimeSpan> _durations = new();
    private DateTimeOffset? _lastSuccess;
    private DateTimeOffset? _lastFailure;
    private string? _lastError;

    /// <summary>Whether a call may be made now; if so its end must be told, if not <paramref name="retryAt"/> says when.</summary>
    public bool TryEnter(out DateTimeOffset retryAt, out string? reason)
    {
        using var scope = _gate.EnterScope();
        var now = time.GetUtcNow();
        (retryAt, reason) = (_circuit.RetryAt, $"{source}: not asked until {_circuit.RetryAt:u}, after failures");
        if (!_circuit.TryEnter(now))
        {
            return false;
        }

        try
        {
            if (_budget.TryTake(now, options().DailyCalls))
            {
                reason = null;
                return true;
            }

            (retryAt, reason) = (DailyBudget.NextDay(now), $"{source}: the calls of this day are used up");
        }
        catch (DatabaseException error)
        {
            (retryAt, reason) = (now + UncountedPause, $"{source}: its calls cannot be counted. {error.Message}");
        }

        _circuit.Abandoned();
        return false;
    }

    public void Succeeded(TimeSpan duration)
    {
        using var scope = _gate.EnterScope();
        _lastSuccess = time.GetUtcNow();
        _circuit.Succeeded(_lastSuccess.Value);
        Remember(duration);
    }

    public void Failed(Exception error, TimeSpan duration)
    {
        using var scope = _gate.EnterScope();
        _lastFailure = time.GetUtcNow();
        _lastError = error.Message;
        if (IsAboutPlace(error))
        {
            _circuit.Succeeded(_lastFailure.Value);
        }
        else
        {
            _circuit.Failed(_lastFailure.Value, (error as RefusedException)?.RetryAfter);
        }

        Remember(duration);
    }

    /// <summary>
    /// Whether the server works and has nothing for the place that was asked for: whoever asks for odd places must not
    /// take the server from the others.
    /// </summary>
    public static bool IsAboutPlace(Exception error) =>
        error is RefusedException { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity };

    /// <summary>The call was given up because the process stops.</summary>
    public void Abandoned()
    {
        using var scope = _gate.EnterScope();
        _circuit.Abandoned();
    }

    public UpstreamStatus Status()
    {
        using var scope = _gate.EnterScope();
        var now = time.GetUtcNow();
        var sorted = _durations.Order().ToArray();
        return new UpstreamStatus(
            _circuit.State,
            _circuit.State is CircuitState.Closed ? null : _circuit.RetryAt,
            Used(now),
            options().DailyCalls,
            At(sorted, 0.5),
            At(sorted, 0.95))
        {
            LastSuccess = _lastSuccess,
            LastFailure = _lastFailure,
            LastError = _lastError,
        };
    }

    private int Used(DateTimeOffset now)
    {
        try
        {
            return _budget.Used(now);
        }
        catch (DatabaseException)
        {
            // The first call of a day will count them.
            return 0;
        }
    }

    private static TimeSpan? At(TimeSpan[] sorted, double share) =>
        sorted.Length == 0 ? null : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private void Remember(TimeSpan duration)
    {
        _durations.Enqueue(duration);
        if (_durations.Count > Remembered)
        {
            _durations.Dequeue();
        }
    }
}
