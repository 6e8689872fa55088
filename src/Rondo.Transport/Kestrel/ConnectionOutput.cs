using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// What a connection sends, as a pipe. A flush gives the bytes to the kernel at once, on the thread that flushes; what the
/// kernel does not take the loop sends later, and the flush lasts until it has.
/// </summary>
/// <remarks>
/// One writer at a time, on any thread. While a flush is under way the blocks it took along are the loop's; the writer may
/// fill others.
/// </remarks>
internal sealed class ConnectionOutput(LoopConnection connection)
    : PipeWriter, IValueTaskSource<FlushResult>, ILoopWork
{
    private ManualResetValueTaskSourceCore<FlushResult> _flush;
    private BlockSegment? _first;
    private BlockSegment? _last;
    private long _unflushed;

    // What a flush under way has taken along.
    private BlockSegment? _sending;
    private int _sent;
    private bool _isSending;
    private bool _isAwaited;
    private bool _isCompleted;
    private bool _isDead;
    private int _cancelRequested;
    private Action? _whenSent;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_isCompleted)
        {
            throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        }

        if (_last is null || _last.Room.Length < Math.Max(sizeHint, 1))
        {
            var block = BlockSegment.Rent(connection.MemoryPool, sizeHint);
            if (_last is null)
            {
                _first = block;
            }
            else
            {
                _last.Append(block);
            }

            _last = block;
        }

        return _last.Room;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > 0)
        {
            _last!.Fill(bytes);
            _unflushed += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_unflushed == 0 || _isDead)
        {
            Drop();
            return new(Outcome());
        }

        if (_isSending)
        {
            throw new InvalidOperationException("Another flush is under way.");
        }

        Take();
        if (TrySend())
        {
            return new(Outcome());
        }

        _flush.Reset();
        _isSending = true;
        _isAwaited = true;
        Wait();
        return new(this, _flush.Version);
    }

    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _cancelRequested, 1);
        connection.Socket.Loop.Dispatch((Action)connection.Socket.WakeSender, null);
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        if (exception is null && _unflushed > 0 && !_isDead && !_isSending)
        {
            Take();
            if (!TrySend())
            {
                _isSending = true;
                Wait();
            }
        }
        else
        {
            Drop();
        }
    }

    /// <summary>
    /// Calls back when nothing is under way any more, at once if nothing is. Loop thread, after completion.
    /// </summary>
    public void WhenSent(Action callback)
    {
        if (_isSending)
        {
            _whenSent = callback;
        }
        else
        {
            callback();
        }
    }

    /// <summary>The socket takes more. The last statement is the writer's.</summary>
    public void Run()
    {
        var isCancelled = Volatile.Read(ref _cancelRequested) == 1 && _isAwaited;
        if (!TrySend())
        {
            // A cancelled flush ends now; what it took along goes on being sent.
            Wait();
            if (!isCancelled)
            {
                return;
            }
        }
        else
        {
            _isSending = false;
            _whenSent?.Invoke();
        }

        if (_isAwaited)
        {
            _isAwaited = false;
            _flush.SetResult(Outcome());
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    // As for reads: the writer goes on on the loop.
    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flush.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private FlushResult Outcome() => new(
        isCanceled: _cancelRequested == 1 && Interlocked.Exchange(ref _cancelRequested, 0) == 1,
        isCompleted: _isDead);

    private void Wait()
    {
        var socket = connection.Socket;
        if (!socket.WaitToSend(this))
        {
            socket.Loop.Dispatch(this, null);
        }
    }

    private void Take()
    {
        (_sending, _first, _last) = (_first, null, null);
        _sent = 0;
        _unflushed = 0;
    }

    /// <summary>Gives the kernel what it takes; whether that is everything, or nobody will ever take more.</summary>
    private bool TrySend()
    {
        while (_sending is { } block)
        {
            if (connection.AbortReason is not null)
            {
                Die();
                return true;
            }

            var count = block.NextSegment is null
                ? connection.Socket.Send(block.Memory.Span[_sent..])
                : SendMany(block);
            if (count == LoopSocket.WouldBlock)
            {
                return false;
            }

            if (count < 0)
            {
                Die();
                connection.OutputBroke();
                return true;
            }

            Skip(count);
        }

        return true;
    }

    private int SendMany(BlockSegment first)
    {
        var blocks = new List<ReadOnlyMemory<byte>>();
        for (var block = first; block is not null && blocks.Count < LinuxCalls.MostBlocks; block = block.NextSegment)
        {
            blocks.Add(block == first ? block.Memory[_sent..] : block.Memory);
        }

        return connection.Socket.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(blocks));
    }

    private void Skip(int count)
    {
        _sent += count;
        while (_sending is { } block && _sent >= block.End)
        {
            _sent -= block.End;
            _sending = block.NextSegment;
            block.Return();
        }
    }

    private void Die()
    {
        _isDead = true;
        Return(ref _sending);
    }

    private void Drop()
    {
        _last = null;
        _unflushed = 0;
        Return(ref _first);
    }

    private static void Return(ref BlockSegment? first)
    {
        while (first is { } block)
        {
            first = block.NextSegment;
            block.Return();
        }
    }
}
