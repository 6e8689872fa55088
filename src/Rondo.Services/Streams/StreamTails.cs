using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Rondo.Services.Streams;

/// <summary>The live ends of the streams that are watched, and of no others.</summary>
internal sealed class StreamTails
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, StreamTail> _tails = new();
    private Exception? _closed;

    /// <summary>
    /// For a store that other processes write to: called when a watcher has come to the end of a stream, with what it
    /// has seen. From there on the store brings what is missing.
    /// </summary>
    public Action<string>? Begun { get; set; }

    /// <summary>The streams that are watched.</summary>
    public IEnumerable<StreamTail> All => _tails.Values;

    /// <summary>What is durable from now on is found in the tail; what was before, in the store.</summary>
    public StreamTail Join(string stream, ChannelWriter<bool> wake)
    {
        using var scope = _gate.EnterScope();
        var tail = _tails.GetOrAdd(stream, name => new StreamTail(name));
        if (_closed is not null)
        {
            tail.Close(_closed);
        }

        tail.Join(wake);
        return tail;
    }

    public void Leave(StreamTail tail, ChannelWriter<bool> wake)
    {
        using var scope = _gate.EnterScope();
        tail.Leave(wake);
        if (tail.Watchers == 0)
        {
            _tails.TryRemove(KeyValuePair.Create(tail.Stream, tail));
        }
    }

    public StreamTail? Find(string stream) => _tails.GetValueOrDefault(stream);

    /// <summary>A watcher of the tail has read the store up to and with event <paramref name="last"/>.</summary>
    public void Begin(StreamTail tail, long last)
    {
        if (Begun is not null && tail.Begin(last))
        {
            Begun(tail.Stream);
        }
    }

    /// <summary>The history has changed: all watchers come again with their cursors, and find new tails.</summary>
    public void LoseAll()
    {
        using var scope = _gate.EnterScope();
        foreach (var tail in _tails.Values)
        {
            Lose(tail);
        }
    }

    /// <summary>As <see cref="LoseAll"/>, for one stream.</summary>
    public void Lose(StreamTail tail)
    {
        _tails.TryRemove(KeyValuePair.Create(tail.Stream, tail));
        tail.Lose();
    }

    /// <summary>Takes over events that have become durable, in their order. Called by the writer alone.</summary>
    public void Publish(List<StreamEvent> events)
    {
        StreamTail? tail = null;
        foreach (var added in events)
        {
            if (tail?.Stream != added.Stream)
            {
                tail?.Wake();
                _tails.TryGetValue(added.Stream, out tail);
            }

            tail?.Add(added);
        }

        tail?.Wake();
    }

    public void Replace(StreamEvent tombstone)
    {
        if (_tails.TryGetValue(tombstone.Stream, out var tail))
        {
            tail.Replace(tombstone);
        }
    }

    public void Close(Exception reason)
    {
        using var scope = _gate.EnterScope();
        _closed ??= reason;
        foreach (var tail in _tails.Values)
        {
            tail.Close(reason);
        }
    }
}
