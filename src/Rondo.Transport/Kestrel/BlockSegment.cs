using System.Buffers;

namespace Rondo.Transport.Kestrel;

/// <summary>One block of a connection's bytes, filled from the front and consumed from the front.</summary>
internal sealed class BlockSegment : ReadOnlySequenceSegment<byte>
{
    [ThreadStatic]
    private static BlockSegment? t_spare;

    private IMemoryOwner<byte>? _owner;
    private Memory<byte> _block;

    private BlockSegment()
    {
    }

    /// <summary>How far the block is filled.</summary>
    public int End { get; private set; }

    /// <summary>What can still be filled.</summary>
    public Memory<byte> Room => _block[End..];

    public BlockSegment? NextSegment => (BlockSegment?)Next;

    /// <summary>
    /// A block of the pool. Each thread keeps one back, so that a connection that gives its block away when it has nothing
    /// to say gets it back without a look at the pool.
    /// </summary>
    public static BlockSegment Rent(MemoryPool<byte> pool, int least = 0)
    {
        if (least > pool.MaxBufferSize)
        {
            var large = new BlockSegment { _block = GC.AllocateUninitializedArray<byte>(least, pinned: true) };
            return large;
        }

        var segment = t_spare;
        if (segment is not null && segment._block.Length >= least)
        {
            t_spare = null;
            return segment;
        }

        var owner = pool.Rent(Math.Max(least, 1));
        return new BlockSegment { _owner = owner, _block = owner.Memory };
    }

    /// <summary>Gives the block back. Nobody may look at it after that.</summary>
    public void Return()
    {
        Next = null;
        End = 0;
        RunningIndex = 0;
        Memory = default;
        if (_owner is null)
        {
            return;
        }

        if (t_spare is null)
        {
            t_spare = this;
        }
        else
        {
            _owner.Dispose();
            _owner = null;
            _block = default;
        }
    }

    /// <summary>More of the block is filled.</summary>
    public void Fill(int count)
    {
        End += count;
        Memory = _block[..End];
    }

    public void Append(BlockSegment next)
    {
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }
}
