using System.Diagnostics;

namespace Rondo.Runtime.Time;

/// <summary>
/// Timers by deadline, first in first out among equal ones. A binary heap: adding and leaving take the logarithm of the
/// number of timers, and one that leaves gives its memory back at once. (asyncio leaves cancelled timers in its heap
/// until half of it is dead, and the order of equal deadlines to the heap.)
/// </summary>
/// <param name="shuffle">Decides among equal deadlines instead, for tests; null is first in, first out.</param>
internal sealed class TimerQueue<T>(Random? shuffle = null)
    where T : class, ITimerEntry
{
    private Node[] _nodes = new Node[16];
    private long _sequence;

    public int Count { get; private set; }

    /// <summary>The soonest deadline; there must be one.</summary>
    public long NextDue => _nodes[0].Due;

    public void Add(T entry, long due)
    {
        Debug.Assert(entry.Place < 0, "The entry is in a queue already.");
        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
        }

        Rise(Count++, new Node(due, shuffle?.NextInt64() ?? _sequence++, entry));
    }

    /// <summary>Takes an entry out before its time.</summary>
    public void Remove(T entry)
    {
        var place = entry.Place;
        Debug.Assert(place >= 0, "The entry is in no queue.");
        entry.Place = -1;
        var last = _nodes[--Count];
        _nodes[Count] = default;
        if (place == Count)
        {
            return;
        }

        if (place > 0 && last.IsBefore(_nodes[(place - 1) / 2]))
        {
            Rise(place, last);
        }
        else
        {
            Sink(place, last);
        }
    }

    /// <summary>
    /// Takes the soonest entry out if its deadline is not after <paramref name="now"/>; otherwise null.
    /// </summary>
    public T? TakeDue(long now)
    {
        if (Count == 0 || _nodes[0].Due > now)
        {
            return null;
        }

        var entry = _nodes[0].Entry;
        Remove(entry);
        return entry;
    }

    /// <summary>What is in the queue, in no order. Any thread: what comes or goes meanwhile may be missing.</summary>
    public T?[] Peek()
    {
        var nodes = _nodes;
        return [.. nodes.Take(Count).Select(n => n.Entry)];
    }

    public void Clear()
    {
        for (var i = 0; i < Count; i++)
        {
            _nodes[i].Entry.Place = -1;
        }

        Count = 0;
        _nodes = new Node[16];
    }

    private void Rise(int place, Node node)
    {
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!node.IsBefore(_nodes[parent]))
            {
                break;
            }

            Put(place, _nodes[parent]);
            place = parent;
        }

        Put(place, node);
    }

    private void Sink(int place, Node node)
    {
        while (true)
        {
            var child = (place * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _nodes[child + 1].IsBefore(_nodes[child]))
            {
                child++;
            }

            if (!_nodes[child].IsBefore(node))
            {
                break;
            }

            Put(place, _nodes[child]);
            place = child;
        }

        Put(place, node);
    }

    private void Put(int place, Node node)
    {
        _nodes[place] = node;
        node.Entry.Place = place;
    }

    private readonly struct Node(long due, long sequence, T entry)
    {
        public long Due { get; } = due;

        public T Entry { get; } = entry;

        private readonly long _sequence = sequence;

        public bool IsBefore(in Node other) => Due != other.Due ? Due < other.Due : _sequence < other._sequence;
    }
}
