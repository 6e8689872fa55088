namespace Rondo.Runtime;

/// <summary>
/// The ready queue: a ring in which each item has a number. A handle is that number, so scheduling allocates nothing
/// and cancelling finds its item without a search.
/// </summary>
internal sealed class WorkQueue
{
    private WorkItem[] _ring = new WorkItem[64];
    private long _head;
    private long _tail;

    public int Count => (int)(_tail - _head);

    /// <summary>The number that the next item will have.</summary>
    public long NextNumber => _tail;

    public void Enqueue(in WorkItem item)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[_tail++ & (_ring.Length - 1)] = item;
    }

    public WorkItem Dequeue()
    {
        ref var slot = ref _ring[_head++ & (_ring.Length - 1)];
        var item = slot;
        slot = default;
        return item;
    }

    /// <summary>Empties the item with this number; false when it has run or been emptied.</summary>
    public bool Cancel(long number)
    {
        if (number < _head || number >= _tail)
        {
            return false;
        }

        ref var slot = ref _ring[number & (_ring.Length - 1)];
        var waited = slot.Callback is not null;
        slot = default;
        return waited;
    }

    public bool Any(Predicate<WorkItem> isWanted)
    {
        for (var number = _head; number < _tail; number++)
        {
            if (isWanted(_ring[number & (_ring.Length - 1)]))
            {
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _head = _tail;
    }

    private void Grow()
    {
        var larger = new WorkItem[_ring.Length * 2];
        for (var number = _head; number < _tail; number++)
        {
            larger[number & (larger.Length - 1)] = _ring[number & (_ring.Length - 1)];
        }

        _ring = larger;
    }
}
