using System.Net.Sockets;

namespace Rondo.Runtime.Testing;

/// <summary>One direction of a connection: bytes on the line, and bytes that have arrived and are to be read.</summary>
/// <param name="network">What it is part of.</param>
/// <param name="from">The host that writes.</param>
/// <param name="to">The host that reads.</param>
internal sealed class VirtualPipe(VirtualNetwork network, string from, string to)
{
    // What Ethernet leaves to TCP, so that readers meet parts of what was written.
    private const int LongestSegment = 1460;

    private static readonly TimeSpan RetransmissionTimeout = TimeSpan.FromMilliseconds(200);

    private readonly Queue<Segment> _flight = new();
    private readonly Queue<byte[]> _arrived = new();
    private NetworkWait? _reader;
    private NetworkWait? _writer;
    private TimeSpan _lineFreeAt;
    private TimeSpan _lastDue;
    private int _offset;
    private int _unread;
    private bool _hasEnded;
    private bool _isFinished;
    private bool _isBroken;
    private bool _isAbandoned;
    private bool _isExpecting;

    /// <summary>The end that reads.</summary>
    public VirtualNetworkStream? Reader { get; set; }

    /// <summary>Whether there are bytes that have been written and not been read.</summary>
    public bool HasUnread => _unread > 0;

    private LinkConditions Conditions => network.ConditionsBetween(from, to);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isAbandoned, typeof(VirtualNetworkStream));
            if (_arrived.Count > 0)
            {
                return Take(buffer);
            }

            ThrowIfBroken();
            if (_hasEnded)
            {
                return 0;
            }

            if (_reader is not null)
            {
                throw new InvalidOperationException("Another read of this connection is pending.");
            }

            try
            {
                _reader = new NetworkWait(network.Loop);
                await _reader.WaitAsync(cancellation).ConfigureAwait(false);
            }
            finally
            {
                _reader = null;
            }
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            ThrowIfBroken();
            if (_isFinished)
            {
                throw new InvalidOperationException("The connection was closed for writing.");
            }

            if (_writer is not null)
            {
                throw new InvalidOperationException("Another write to this connection is pending.");
            }

            var room = Conditions.BufferBytes - _unread;
            if (room > 0)
            {
                var length = Math.Min(Math.Min(bytes.Length, room), LongestSegment);
                _unread += length;
                Send(bytes[..length].ToArray());
                bytes = bytes[length..];
                continue;
            }

            try
            {
                _writer = new NetworkWait(network.Loop);
                await _writer.WaitAsync(cancellation).ConfigureAwait(false);
            }
            finally
            {
                _writer = null;
            }
        }
    }

    /// <summary>The writer has said all: the reader finds the end behind what was written.</summary>
    public void Finish()
    {
        if (!_isFinished && !_isBroken)
        {
            _isFinished = true;
            Send([]);
        }
    }

    /// <summary>The writer breaks the connection: the other side learns of it when this arrives.</summary>
    public void SendReset()
    {
        if (!_isBroken)
        {
            _isFinished = true;
            Send(null);
        }
    }

    /// <summary>The reader has gone.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        _reader?.End();
    }

    /// <summary>From now on reading, behind what has arrived, and writing fail.</summary>
    public void Break()
    {
        _isBroken = true;
        _flight.Clear();
        _reader?.End();
        _writer?.End();
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            var reason = new SocketException((int)SocketError.ConnectionReset);
            throw new IOException($"The connection from '{from}' to '{to}' was reset.", reason);
        }
    }

    private int Take(Memory<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && _arrived.TryPeek(out var first))
        {
            var length = Math.Min(first.Length - _offset, buffer.Length - taken);
            first.AsMemory(_offset, length).CopyTo(buffer[taken..]);
            taken += length;
            _offset += length;
            if (_offset == first.Length)
            {
                _arrived.Dequeue();
                _offset = 0;
            }
        }

        _unread -= taken;
        if (taken > 0)
        {
            _writer?.End();
        }

        return taken;
    }

    private void Send(byte[]? bytes)
    {
        var conditions = Conditions;
        var breaks = bytes is { Length: > 0 } && network.Happens(conditions.ResetRate);
        var now = network.Loop.Time;
        var start = now > _lineFreeAt ? now : _lineFreeAt;
        _lineFreeAt = start + (conditions.BytesPerSecond is { } speed
            ? TimeSpan.FromSeconds((double)(bytes?.Length ?? 0) / speed)
            : TimeSpan.Zero);
        var due = _lineFreeAt + network.DelayOf(conditions);
        for (var timeout = RetransmissionTimeout; network.Happens(conditions.Loss); timeout *= 2)
        {
            due += timeout;
        }

        _lastDue = due > _lastDue ? due : _lastDue;
        _flight.Enqueue(new Segment(breaks ? null : bytes, _lastDue));
        Expect();
    }

    private void Expect()
    {
        if (!_isExpecting && _flight.TryPeek(out var next))
        {
            _isExpecting = true;
            network.Deliver(from, to, next.Due - network.Loop.Time, Arrive);
        }
    }

    private void Arrive()
    {
        _isExpecting = false;
        while (_flight.TryPeek(out var segment) && segment.Due <= network.Loop.Time)
        {
            _flight.Dequeue();
            if (segment.Bytes is null)
            {
                Reader!.Break();
                return;
            }

            if (segment.Bytes.Length == 0)
            {
                _hasEnded = true;
            }
            else if (_isAbandoned)
            {
                Reader!.Refuse();
                return;
            }
            else
            {
                _arrived.Enqueue(segment.Bytes);
            }
        }

        _reader?.End();
        Expect();
    }

    /// <summary>Bytes on the line; none mean the end, null means a reset.</summary>
    private readonly record struct Segment(byte[]? Bytes, TimeSpan Due);
}
