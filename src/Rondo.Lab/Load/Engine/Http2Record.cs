using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>What the workers of an HTTP/2 load have measured.</summary>
/// <threadsafety>All members: any thread.</threadsafety>
internal sealed class Http2Record
{
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _total = new();
    private readonly LatencyHistogram _firstBytes = new();
    private readonly LatencyHistogram _connects = new();
    private readonly LoadCounts _counts = new();
    private LatencyHistogram _second = new();
    private long _completedBefore;
    private long _failedBefore;
    private double _failedTime;
    private long _firstLength = -1;
    private string? _problem;

    public void Opened(long took)
    {
        using (_gate.EnterScope())
        {
            _counts.ConnectionsOpened++;
            _connects.Record(took);
        }
    }

    /// <summary>Changes the counts.</summary>
    public void Count(Action<LoadCounts> change)
    {
        using (_gate.EnterScope())
        {
            change(_counts);
        }
    }

    public void Completed(long whole, long firstByte, long bodyBytes)
    {
        using (_gate.EnterScope())
        {
            _counts.Completed++;
            _counts.BodyBytes += bodyBytes;
            _counts.BytesReceived += bodyBytes;
            _firstLength = _firstLength < 0 ? bodyBytes : _firstLength;
            _second.Record(whole);
            _firstBytes.Record(firstByte);
        }
    }

    /// <param name="change">Where it counts.</param>
    /// <param name="problem">Null if none, but the end of the run.</param>
    /// <param name="whole">How long it took.</param>
    public void Failed(Action<LoadCounts> change, string? problem, long whole)
    {
        using (_gate.EnterScope())
        {
            change(_counts);
            _failedTime += whole;
            _problem ??= problem;
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
    public LoadResult Result(IReadOnlyList<LoadSecond> seconds, double elapsed) => new()
    {
        Counts = _counts,
        Latency = HistogramData.Of(_total),
        ConnectTime = HistogramData.Of(_connects),
        FirstByte = HistogramData.Of(_firstBytes),
        ServiceTime = HistogramData.Of(new LatencyHistogram()),
        Lateness = HistogramData.Of(new LatencyHistogram()),
        Seconds = seconds,
        Rates = [],
        ElapsedSeconds = elapsed,
        FailedSeconds = _failedTime / LoadClock.Second,
        FirstProblem = _problem,
        FirstLength = _firstLength,
    };
}
