using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// What the workers of an HTTP/2 load have measured, and the run's clock: nanoseconds since it began. What starts
/// before the measurement does counts nowhere, but for connections.
/// </summary>
/// <threadsafety>All members: any thread.</threadsafety>
internal sealed class Http2Record(long measureFrom)
{
    private readonly long _origin = LoadClock.Now;
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _total = new();
    private readonly LatencyHistogram _firstBytes = new();
    private readonly LatencyHistogram _connects = new();
    private readonly LatencyHistogram _services = new();
    private readonly LatencyHistogram _lateness = new();
    private readonly LoadCounts _counts = new();
    private LatencyHistogram _second = new();
    private long _completedBefore;
    private long _failedBefore;
    private double _failedTime;
    private long _oldestAtEnd;
    private long _firstLength = -1;
    private string? _problem;

    /// <summary>How long the run has lasted.</summary>
    public long Now => LoadClock.Now - _origin;

    public void Opened(long took)
    {
        using (_gate.EnterScope())
        {
            _counts.ConnectionsOpened++;
            _connects.Record(took);
        }
    }

    /// <summary>A request of an open load is given to who sends it.</summary>
    /// <param name="due">When it was due.</param>
    /// <param name="late">How late it is sent although somebody was free to; null if nobody was.</param>
    public void Arrived(long due, long? late)
    {
        using (_gate.EnterScope())
        {
            if (due >= measureFrom)
            {
                _counts.Due++;
                _counts.Waited += late is null ? 1 : 0;
                _lateness.Record(late ?? 0);
            }
        }
    }

    /// <summary>The run is over, and nobody was free for a request that was due.</summary>
    public void NeverSent(long due)
    {
        var now = Now;
        using (_gate.EnterScope())
        {
            if (due >= measureFrom)
            {
                _counts.Due++;
                _counts.AbortedAtEnd++;
                _oldestAtEnd = Math.Max(_oldestAtEnd, now - due);
            }
        }
    }

    public void Sent(long start)
    {
        using (_gate.EnterScope())
        {
            _counts.Sent += start >= measureFrom ? 1 : 0;
        }
    }

    /// <param name="times">When what happened.</param>
    /// <param name="bodyBytes">The length of the body.</param>
    public void Completed(in Http2Times times, long bodyBytes)
    {
        using (_gate.EnterScope())
        {
            if (times.Start >= measureFrom)
            {
                _counts.Completed++;
                _counts.BodyBytes += bodyBytes;
                _counts.BytesReceived += bodyBytes;
                _firstLength = _firstLength < 0 ? bodyBytes : _firstLength;
                _second.Record(times.End - times.Start);
                _firstBytes.Record(times.FirstByte - times.Sent);
                _services.Record(times.End - times.Sent);
            }
        }
    }

    /// <param name="change">Where it counts.</param>
    /// <param name="problem">Null if none, but the end of the run.</param>
    /// <param name="start">From when the request counts.</param>
    public void Failed(Action<LoadCounts> change, string? problem, long start)
    {
        var now = Now;
        using (_gate.EnterScope())
        {
            if (start >= measureFrom)
            {
                change(_counts);
                _failedTime += now - start;
                _problem ??= problem;
                _oldestAtEnd = problem is null ? Math.Max(_oldestAtEnd, now - start) : _oldestAtEnd;
            }
        }
    }

    /// <summary>Ends a second.</summary>
    public LoadSecond EndSecond(int number)
    {
        using (_gate.EnterScope())
        {
            var second = new LoadSecond(
                number,
                _counts.Completed - _completedBefore,
                _counts.Failed - _failedBefore,
                HistogramData.Of(_second));
            _total.Add(_second);
            (_completedBefore, _failedBefore, _second) = (_counts.Completed, _counts.Failed, new LatencyHistogram());
            return second;
        }
    }

    /// <summary>What there is to say at the end.</summary>
    /// <param name="seconds">All of them.</param>
    /// <param name="isOpen">Whether time in service is another than the latency.</param>
    public LoadResult Result(IReadOnlyList<LoadSecond> seconds, bool isOpen) => new()
    {
        Counts = _counts,
        Latency = HistogramData.Of(_total),
        ConnectTime = HistogramData.Of(_connects),
        FirstByte = HistogramData.Of(_firstBytes),
        ServiceTime = HistogramData.Of(isOpen ? _services : new LatencyHistogram()),
        Lateness = HistogramData.Of(_lateness),
        Seconds = seconds,
        Rates = [],
        ElapsedSeconds = Math.Max(1, Now - measureFrom) / (double)LoadClock.Second,
        FailedSeconds = _failedTime / LoadClock.Second,
        OldestAtEndSeconds = _oldestAtEnd / (double)LoadClock.Second,
        FirstProblem = _problem,
        FirstLength = _firstLength,
    };
}
