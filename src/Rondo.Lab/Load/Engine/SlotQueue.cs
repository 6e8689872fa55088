namespace Rondo.Lab.Load.Engine;

/// <summary>Slots in the order in which they came; never more than there are.</summary>
internal sealed class SlotQueue(int slots)
{
    private readonly int[] _ring = new int[Math.Max(slots, 1)];
    private int _first;

    public int Count { get; private set; }

    public int First => _ring[_first];

    public void Put(int slot)
    {
        var at = _first + Count++;
        _ring[at >= _ring.Length ? at - _ring.Length : at] = slot;
    }

    public int Take()
    {
        var slot = _ring[_first];
        _first = _first + 1 == _ring.Length ? 0 : _first + 1;
        Count--;
        return slot;
    }
}
