using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Rondo.Services.Streams;

/// <summary>The live ends of the streams that are watched, and of no others.</summary>
internal sealed class StreamTails
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, StreamTail> _tails = new();
    private Exception? _closed;

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
            _tails.TryRemove(tail.Stream, out _);
        }
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
