using System.Collections.Concurrent;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <content>A request's end, and what is measured.</content>
internal sealed partial class LoadThread
{
    private const double Milli = 1e-3;
    private const int RateSamplesPerSecond = 10;

    private readonly RequestLog? _requests;
    private readonly ConcurrentQueue<Interval> _spare = new([new(), new(), new()]);
    private readonly byte[] _sha = new byte[32];
    private Interval _interval = new();
    private long _nextInterval;
    private long _sampledAt;
    private long _sampledCount;
    private long _expectedLength = -1;

    /// <summary>What happened, after the ramp.</summary>
    public LoadCounts Counts { get; } = new();

    public LatencyHistogram ConnectTimes { get; } = new();

    /// <summary>From sending to the first byte of the response.</summary>
    public LatencyHistogram FirstBytes { get; } = new();

    /// <summary>Open load: from sending to the whole response.</summary>
    public LatencyHistogram ServiceTimes { get; } = new();

    /// <summary>Open load: how much later than due requests were sent although a connection was free.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Requests per second in each tenth of a second.</summary>
    public List<double> Rates { get; } = new(600 * RateSamplesPerSecond);

    /// <summary>The first thing that went wrong, in words.</summary>
    public string? FirstProblem { get; private set; }

    /// <summary>The value of the <c>Server</c> header of one response.</summary>
    public string? Server => _connections.Length > 0 ? _connections[0].Reader.Server : null;

    /// <summary>The length of the first body.</summary>
    public long FirstLength { get; private set; } = -1;

    /// <summary>How long the measurement lasted.</summary>
    public long Elapsed { get; private set; }

    /// <summary>The time that requests took which did not complete, in nanoseconds.</summary>
    public double FailedTime { get; private set; }

    /// <summary>The age of the oldest request that was still under way at the end.</summary>
    public long OldestAtEnd { get; private set; }

    public ThreadUse Use { get; private set; }

    public RequestLog? Requests => _requests;

    /// <summary>Gives an interval back once it has been read.</summary>
    public void Recycle(Interval interval)
    {
        interval.Latency.Clear();
        _spare.Enqueue(interval);
    }

    private void Finish(int slot, bool isOpen, long now)
    {
        var connection = _connections[slot];
        var reader = connection.Reader;
        if (IsMeasured(connection, now))
        {
            Measure(connection, reader, now);
        }
        else if (reader.Hash is { } hash)
        {
            hash.GetHashAndReset(_sha);
        }

        Release(slot, isOpen);
        if (_think > 0 && _schedule is null)
        {
            connection.PauseEnd = now + _think;
            _thinking.Put(slot);
            Notice(connection);
        }
        else
        {
            StartNext(slot, now);
        }
    }

    private bool IsMeasured(LoadConnection connection, long end) =>
        (_plan.CountsByEnd ? end : connection.Start) >= _measureFrom;

    private void Measure(LoadConnection connection, AnswerReader reader, long now)
    {
        Counts.BodyBytes += reader.BodyBytes;
        Counts.KeptAlive += reader.KeepsAlive ? 1 : 0;
        Counts.NotSuccessful += reader.Status is >= 200 and < 300 ? 0 : 1;
        Counts.NotSuccessfulNorRedirected += reader.Status is >= 200 and < 400 ? 0 : 1;
        if (FirstLength < 0)
        {
            FirstLength = reader.BodyBytes;
            _expectedLength = _plan.ExpectedLength ?? (_plan.ExpectsOneLength ? FirstLength : -1);
        }

        var isRightStatus = _plan.ExpectedStatus is { } status ? reader.Status == status : reader.Status is >= 200 and < 400;
        var isRightBody = IsRightBody(reader);
        var whole = now - (_plan.CountsFromSend ? connection.SentAt : connection.Start);
        if (!isRightStatus)
        {
            Counts.WrongStatus++;
            FirstProblem ??= $"the status is {reader.Status}";
        }
        else if (!isRightBody)
        {
            Counts.WrongBody++;
        }
        else
        {
            Counts.Completed++;
        }

        if ((isRightStatus && isRightBody) || _plan.RecordsWrong)
        {
            _interval.Latency.Record(whole);
            FirstBytes.Record(connection.FirstByteAt - connection.SentAt);
            _requests?.Add(connection.Start, connection.ConnectTime, whole, connection.FirstByteAt - connection.SentAt);
            if (_schedule is not null)
            {
                ServiceTimes.Record(now - connection.SentAt);
            }
        }
        else
        {
            FailedTime += whole;
        }
    }

    private bool IsRightBody(AnswerReader reader)
    {
        if (_expectedLength >= 0 && reader.BodyBytes != _expectedLength)
        {
            FirstProblem ??= $"the body has {reader.BodyBytes} bytes instead of {_expectedLength}";
            reader.Hash?.GetHashAndReset(_sha);
            return false;
        }

        if (reader.Hash is { } hash)
        {
            hash.GetHashAndReset(_sha);
            if (!Convert.ToHexString(_sha).Equals(_plan.ExpectedSha, StringComparison.OrdinalIgnoreCase))
            {
                FirstProblem ??= "the body has another SHA-256 than expected";
                return false;
            }
        }

        return true;
    }

    private void Fail(int slot, RequestEnd end, long now)
    {
        var connection = _connections[slot];
        connection.Reader.Hash?.GetHashAndReset(_sha);
        if (connection.HasRequest)
        {
            if (IsMeasured(connection, now))
            {
                Count(end, connection);
                FailedTime += now - connection.Start;
            }

            Release(slot, isOpen: false);
        }
        else
        {
            connection.Close();
        }

        if (end is RequestEnd.ConnectError or RequestEnd.TlsError)
        {
            // Not at once: a refusal comes at once, too.
            if (_schedule is null)
            {
                connection.RetryAt = now + RetryPause;
            }
            else
            {
                connection.FreeSince = now;
                _idle.Put(slot);
            }
        }
        else
        {
            StartNext(slot, now);
        }
    }

    private void Count(RequestEnd end, LoadConnection connection)
    {
        switch (end)
        {
            case RequestEnd.ConnectError:
                Counts.ConnectErrors++;
                break;
            case RequestEnd.TlsError:
                Counts.TlsErrors++;
                break;
            case RequestEnd.Reset:
                Counts.Resets++;
                FirstProblem ??= "the connection was reset";
                break;
            case RequestEnd.ClosedEarly:
                Counts.ClosedEarly++;
                FirstProblem ??= connection.Reader.HasBegun
                    ? "the server closed the connection in the middle of a response"
                    : "the server closed the connection without an answer; if it does so after each answer, "
                        + "--no-keepalive asks it to";
                break;
            case RequestEnd.Timeout:
                Counts.Timeouts++;
                FirstProblem ??= string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"no {(connection.SentAt == 0 ? "connection" : "whole answer")} within {_plan.TimeoutSeconds:0.###} s");
                break;
            case RequestEnd.Malformed:
                Counts.Malformed++;
                break;
        }
    }

    private void Release(int slot, bool isOpen)
    {
        var connection = _connections[slot];
        connection.HasRequest = false;
        connection.SentAt = 0;
        _inFlight--;
        if (isOpen)
        {
            connection.State = ConnectionState.Idle;
        }
        else
        {
            connection.Close();
        }
    }

    private void Sample(long now)
    {
        var count = Counts.Ended;
        if (now - _sampledAt >= LoadClock.Second / RateSamplesPerSecond)
        {
            Rates.Add((count - _sampledCount) / ((now - _sampledAt) * Milli * Milli * Milli));
            (_sampledAt, _sampledCount) = (now, count);
        }

        if (now >= _nextInterval && _spare.TryDequeue(out var next))
        {
            Publish(now);
            _interval = next;
        }
    }

    private void Publish(long now)
    {
        _interval.Second = (int)((_nextInterval - _measureFrom) / LoadClock.Second) - 1;
        (_interval.Completed, _interval.Failed) = (Counts.Completed, Counts.Failed);
        _nextInterval = _measureFrom + ((((now - _measureFrom) / LoadClock.Second) + 1) * LoadClock.Second);
        Intervals.Enqueue(_interval);
        _onInterval();
    }

    private void Conclude(long now)
    {
        foreach (var connection in _connections)
        {
            if (connection.HasRequest && IsMeasured(connection, now))
            {
                Counts.AbortedAtEnd++;
                FailedTime += _plan.CountsByEnd ? 0 : now - connection.Start;
                OldestAtEnd = Math.Max(OldestAtEnd, now - connection.Start);
            }
        }

        while (_schedule is not null && _schedule.Next <= now && _budget-- > 0)
        {
            if (_schedule.Next >= _measureFrom)
            {
                Counts.Due++;
                Counts.AbortedAtEnd++;
                OldestAtEnd = Math.Max(OldestAtEnd, now - _schedule.Next);
            }

            _schedule.Advance();
        }

        Elapsed = Math.Max(1, now - _measureFrom);
        Publish(now);
    }
}
