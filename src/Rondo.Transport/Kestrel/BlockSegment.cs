using System.Buffers;

namespace Rondo.Transport.Kestrel;

/// <summary>One block of a connection's bytes, filled from the front and consumed from the front.</summary>
internal sealed class BlockSegment : ReadOnlySequenceSegment<byte>, IDisposable
{
    private IMemoryOwner<byte>? _owner;
    private Memory<byte> _block;

    /// <summary>A block that goes back to its pool.</summary>
    public BlockSegment(IMemoryOwner<byte> owner)
    {
        _owner = owner;
        _block = owner.Memory;
    }

    /// <summary>A block for the collector.</summary>
    public BlockSegment(Memory<byte> block) => _block = block;

    public bool IsPooled => _owner is not null;

    public int Capacity => _block.Length;

    /// <summary>How far the block is filled.</summary>
    public int End { get; private set; }

    /// <summary>What can still be filled.</summary>
    public Memory<byte> Room => _block[End..];

    public BlockSegment? NextSegment => (BlockSegment?)Next;

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

    /// <summary>As if nothing had ever been in it.</summary>
    public void Clear()
    {
        Next = null;
        End = 0;
        RunningIndex = 0;
        Memory = default;
    }

    public void Dispose()
    {
        Clear();
        _block = default;
        _owner?.Dispose();
        _owner = null;
    }
}
