using System.Collections.Concurrent;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Noise.Probing;

/// <summary>A reading on its way.</summary>
/// <param name="Index">Counts from 1 in this process.</param>
/// <param name="Start">When it began.</param>
/// <param name="Reading">Below full scale: what is added is decided when it is sent.</param>
internal sealed record PendingFrame(long Index, DateTimeOffset Start, MeterReading Reading);

/// <summary>
/// Readings that the server has not confirmed, for ten minutes; then the oldest are given up. Their sequence follows
/// what the server has of this device, which is known once it has been asked.
/// </summary>
/// <threadsafety>One thread adds, others may do the rest.</threadsafety>
internal sealed class PendingFrames : IDisposable
{
    /// <summary>Seconds of sound that are kept.</summary>
    public const int MostSeconds = 600;

    private readonly ConcurrentQueue<PendingFrame> _frames = new();
    private readonly SemaphoreSlim _added = new(0);
    private long _index;
    private long _base;
    private bool _isGreeted;
    private long _givenUp;

    /// <summary>How many wait for their confirmation.</summary>
    public int Count => _frames.Count;

    /// <summary>How many were too old to be sent any more.</summary>
    public long GivenUp => Interlocked.Read(ref _givenUp);

    public void Add(DateTimeOffset start, in MeterReading reading)
    {
        _frames.Enqueue(new PendingFrame(++_index, start, reading));
        while (_frames.TryPeek(out var oldest) && (start - oldest.Start).TotalSeconds >= MostSeconds
            && _frames.TryDequeue(out _))
        {
            Interlocked.Increment(ref _givenUp);
        }

        _added.Release();
    }

    /// <summary>Ends when something was added since the last time.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await _added.WaitAsync(cancellation);
        while (_added.Wait(0, CancellationToken.None))
        {
        }
    }

    /// <summary>The sequence of a frame.</summary>
    public long SeqOf(PendingFrame frame) => _base + frame.Index;

    /// <summary>What follows a sequence, oldest first.</summary>
    public IEnumerable<PendingFrame> After(long seq) => _frames.Where(f => SeqOf(f) > seq);

    /// <summary>The server greets: it has this device's frames up to here.</summary>
    public void Greet(long ack)
    {
        var isOther = ack > _base + Interlocked.Read(ref _index);
        if (!_isGreeted || isOther)
        {
            // The first greeting; or another process has spoken for this device meanwhile.
            _isGreeted = true;
            _base = ack - (_frames.TryPeek(out var oldest) ? oldest.Index - 1 : Interlocked.Read(ref _index));
            return;
        }

        Acknowledge(ack);
    }

    /// <summary>Forgets what the server has.</summary>
    public void Acknowledge(long ack)
    {
        while (_frames.TryPeek(out var oldest) && SeqOf(oldest) <= ack && _frames.TryDequeue(out _))
        {
        }
    }

    public void Dispose() => _added.Dispose();
}
