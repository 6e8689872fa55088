using System.Threading.Channels;

namespace Rondo.Services.Streams;

/// <summary>
/// The live end of a stream that somebody watches: its newest events in memory, shared by all watchers. Each of them
/// reads at its own pace; who is slower than the ring is long has lost it, and costs nobody anything.
/// </summary>
internal sealed class StreamTail(string stream) : IThreadPoolWorkItem
{
    private const long MostBytes = 4 * 1024 * 1024;
    private const int BatchEvents = 256;
    private const int MostWokenAtOnce = 16;
    private const int BatchBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<ChannelWriter<bool>> _watchers = [];
    private readonly StreamEvent?[] _ring = new StreamEvent?[StreamLimits.TailEvents];

    // The ring holds _first to _last; nothing is known while both are 0.
    private long _first;
    private long _last;
    private long _bytes;
    private bool _hasBegun;
    private bool _isLost;
    private Exception? _closed;

    internal enum Place
    {
        /// <summary>Events were given.</summary>
        Within,

        /// <summary>Nothing newer is known.</summary>
        AtEnd,

        /// <summary>There are newer events, but not here.</summary>
        Behind,
    }

    public string Stream { get; } = stream;

    /// <summary>How many watch.</summary>
    public int Watchers
    {
        get
        {
            using var scope = _gate.EnterScope();
            return _watchers.Count;
        }
    }

    /// <summary>From now on <paramref name="wake"/> is written to when there may be something new.</summary>
    public void Join(ChannelWriter<bool> wake)
    {
        using var scope = _gate.EnterScope();
        _watchers.Add(wake);
        if (_closed is not null)
        {
            wake.TryComplete(_closed);
        }
    }

    public void Leave(ChannelWriter<bool> wake)
    {
        using var scope = _gate.EnterScope();
        _watchers.Remove(wake);
    }

    /// <summary>The oldest and the newest event that it knows; null before <see cref="Begin"/>.</summary>
    public (long First, long Last)? Known
    {
        get
        {
            using var scope = _gate.EnterScope();
            return _hasBegun ? (_first, _last) : null;
        }
    }

    /// <summary>
    /// Where other processes write, too: what follows this event is taken over without a gap. Only the first call
    /// counts, and is answered with true.
    /// </summary>
    public bool Begin(long last)
    {
        using var scope = _gate.EnterScope();
        if (_hasBegun)
        {
            return false;
        }

        (_hasBegun, _first, _last) = (true, last + 1, last);
        return true;
    }

    /// <summary>
    /// Takes over an event unless it is known. False, and nothing is taken over, when others are missing before it.
    /// </summary>
    public bool TryAddNext(StreamEvent added)
    {
        using var scope = _gate.EnterScope();
        if (!_hasBegun || added.Seq <= _last)
        {
            return true;
        }

        if (added.Seq > _last + 1)
        {
            return false;
        }

        Add(added);
        return true;
    }

    /// <summary>The history has changed below it: every watcher has to come again with its cursor.</summary>
    public void Lose()
    {
        using (_gate.EnterScope())
        {
            _isLost = true;
        }

        Wake();
    }

    /// <summary>Takes over an event that has become durable. Called by the writer, in order.</summary>
    public void Add(StreamEvent added)
    {
        using var scope = _gate.EnterScope();
        if (_last == 0 || added.Seq != _last + 1)
        {
            Array.Clear(_ring);
            (_first, _bytes) = (added.Seq, 0);
        }

        _last = added.Seq;
        _bytes += added.Data.Length;
        while (_last - _first >= _ring.Length || (_bytes > MostBytes && _first < _last))
        {
            _bytes -= Slot(_first)!.Data.Length;
            Slot(_first) = null;
            _first++;
        }

        Slot(_last) = added;
    }

    /// <summary>Puts a tombstone over an event that may be here.</summary>
    public void Replace(StreamEvent tombstone)
    {
        using var scope = _gate.EnterScope();
        if (_last > 0 && tombstone.Seq >= _first && tombstone.Seq <= _last)
        {
            _bytes += tombstone.Data.Length - Slot(tombstone.Seq)!.Data.Length;
            Slot(tombstone.Seq) = tombstone;
        }
    }

    /// <summary>Adds some events after <paramref name="after"/> to a list: what a slow watcher holds on to is bounded.</summary>
    public Place Read(long after, int mostBehind, List<StreamEvent> into)
    {
        using var scope = _gate.EnterScope();
        if (_isLost)
        {
            return Place.Behind;
        }

        if (after >= _last)
        {
            return Place.AtEnd;
        }

        if (after + 1 < _first || _last - after > mostBehind)
        {
            return Place.Behind;
        }

        var bytes = 0;
        for (var seq = after + 1; seq <= _last && into.Count < BatchEvents && bytes < BatchBytes; seq++)
        {
            into.Add(Slot(seq)!);
            bytes += into[^1].Data.Length;
        }

        return Place.Within;
    }

    /// <summary>
    /// Wakes the watchers. To wake one is to post to it, and a thread in between costs more than a few of these; where
    /// there are many, a thread of the pool does it: the writer has an append to see to.
    /// </summary>
    public void Wake()
    {
        if (Watchers <= MostWokenAtOnce)
        {
            WakeAll();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Ends all watches, now and later, with an error.</summary>
    public void Close(Exception reason)
    {
        using var scope = _gate.EnterScope();
        _closed ??= reason;
        foreach (var watcher in _watchers)
        {
            watcher.TryComplete(_closed);
        }
    }

    void IThreadPoolWorkItem.Execute() => WakeAll();

    private void WakeAll()
    {
        ChannelWriter<bool>[] watchers;
        using (_gate.EnterScope())
        {
            watchers = [.. _watchers];
        }

        foreach (var watcher in watchers)
        {
            watcher.TryWrite(true);
        }
    }

    private ref StreamEvent? Slot(long seq) => ref _ring[seq % _ring.Length];
}
