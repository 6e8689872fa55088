using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>
/// Keeps requests away from an instance that fails: when three of ten of at least ten requests in a minute have failed
/// it gets none for ten seconds, and then a share that grows to the whole within ten more; one failure in that time
/// and it begins again.
/// </summary>
/// <threadsafety>
/// Every member from any thread. Counts are kept in sixths of the window; around their turns a few may be lost.
/// </threadsafety>
internal sealed class InstanceCircuit : IDisposable
{
    private const double MostFailing = 0.3;
    private const int FewestRequests = 10;
    private const int Parts = 6;
    private const double FirstShare = 0.05;

    public static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Part = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly InstanceLoad _load;
    private readonly long[] _parts = new long[Parts];
    private readonly int[] _succeeded = new int[Parts];
    private readonly int[] _failed = new int[Parts];
    private readonly ITimer _ajar;
    private long _openedAt;
    private int _asked;
    private int _isClosed = 1;

    public InstanceCircuit(TimeProvider time, InstanceLoad load)
    {
        (_time, _load) = (time, load);
        _ajar = time.CreateTimer(
            static state => ((InstanceCircuit)state!)._load.IsShut = false,
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CircuitPhase Phase => IsClosed || Opened >= OpenTime + RecoveryTime ? CircuitPhase.Closed
        : Opened < OpenTime ? CircuitPhase.Open
        : CircuitPhase.HalfOpen;

    /// <summary>How much of what it is picked for it gets, from 0 to 1.</summary>
    public double Share => Phase switch
    {
        CircuitPhase.Closed => 1,
        CircuitPhase.Open => 0,
        _ => Math.Clamp((Opened - OpenTime) / RecoveryTime, FirstShare, 1),
    };

    /// <summary>How long it is until it gets a request; zero unless it is open.</summary>
    public TimeSpan Left => Phase is CircuitPhase.Open ? OpenTime - Opened : TimeSpan.Zero;

    private bool IsClosed => Volatile.Read(ref _isClosed) == 1;

    private TimeSpan Opened => _time.GetElapsedTime(Volatile.Read(ref _openedAt));

    /// <summary>Whether it gets this request.</summary>
    public bool TryEnter()
    {
        if (IsClosed)
        {
            return true;
        }

        switch (Phase)
        {
            case CircuitPhase.Open:
                return false;
            case CircuitPhase.Closed:
                Array.Clear(_parts);
                Volatile.Write(ref _isClosed, 1);
                return true;
            default:
                // The first at once, and then as many as make the share.
                var asked = Interlocked.Increment(ref _asked);
                var share = Share;
                return asked == 1 || Math.Floor(asked * share) > Math.Floor((asked - 1) * share);
        }
    }

    /// <param name="now">A timestamp of the clock.</param>
    public void Succeeded(long now) => Interlocked.Increment(ref _succeeded[PlaceOf(now)]);

    public void Failed()
    {
        Interlocked.Increment(ref _failed[PlaceOf(_time.GetTimestamp())]);
        if (Phase is CircuitPhase.HalfOpen || (IsClosed && IsFailing()))
        {
            Open();
        }
    }

    public void Dispose() => _ajar.Dispose();

    private void Open()
    {
        Volatile.Write(ref _openedAt, _time.GetTimestamp());
        Volatile.Write(ref _asked, 0);
        Volatile.Write(ref _isClosed, 0);
        _load.IsShut = true;
        _ajar.Change(OpenTime, Timeout.InfiniteTimeSpan);
    }

    private bool IsFailing()
    {
        var oldest = PartOf(_time.GetTimestamp()) - Parts;
        var (succeeded, failed) = (0, 0);
        for (var i = 0; i < Parts; i++)
        {
            if (Volatile.Read(ref _parts[i]) > oldest)
            {
                succeeded += Volatile.Read(ref _succeeded[i]);
                failed += Volatile.Read(ref _failed[i]);
            }
        }

        return succeeded + failed >= FewestRequests && failed >= MostFailing * (succeeded + failed);
    }

    private int PlaceOf(long now)
    {
        var part = PartOf(now);
        var index = (int)(part % Parts);
        var seen = Volatile.Read(ref _parts[index]);
        if (seen != part && Interlocked.CompareExchange(ref _parts[index], part, seen) == seen)
        {
            Volatile.Write(ref _succeeded[index], 0);
            Volatile.Write(ref _failed[index], 0);
        }

        return index;
    }

    private long PartOf(long timestamp) => timestamp / (long)(Part.TotalSeconds * _time.TimestampFrequency);
}
