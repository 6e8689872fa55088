using System.Buffers;
using Rondo.Runtime;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// Blocks for the connections of one loop. The loop keeps one back, so that a connection which gives its block away
/// when it has nothing to say gets it back without a look at the shared pool. Any thread.
/// </summary>
internal sealed class BlockPool(EventLoop loop, MemoryPool<byte> pool)
{
    // Application code may lose its loop between a look and a change.
    private BlockSegment? _spare;

    /// <summary>Where the blocks come from.</summary>
    public MemoryPool<byte> Memory => pool;

    /// <param name="least">What must fit; more than the pool has is allocated.</param>
    public BlockSegment Rent(int least = 0)
    {
        if (least > pool.MaxBufferSize)
        {
            return new BlockSegment(GC.AllocateUninitializedArray<byte>(least, pinned: true));
        }

        if (loop.IsRunByCaller && _spare is { } seen && seen.Capacity >= least
            && Interlocked.CompareExchange(ref _spare, null, seen) == seen)
        {
            return seen;
        }

        return new BlockSegment(pool.Rent(Math.Max(least, 1)));
    }

    /// <summary>Takes a block back. Nobody may look at it after that.</summary>
    public void Return(BlockSegment segment)
    {
        if (_spare is null && segment.IsPooled && loop.IsRunByCaller)
        {
            segment.Clear();
            if (Interlocked.CompareExchange(ref _spare, segment, null) is null)
            {
                return;
            }
        }

        segment.Dispose();
    }

    /// <summary>Takes a whole chain back.</summary>
    public void ReturnAll(ref BlockSegment? first)
    {
        while (first is { } block)
        {
            first = block.NextSegment;
            Return(block);
        }
    }

    /// <summary>Gives back what is kept. When the loop has ended.</summary>
    public void Trim()
    {
        _spare?.Dispose();
        _spare = null;
    }
}
