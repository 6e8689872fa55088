using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// What a connection sends, as a pipe. A flush gives the bytes to the kernel at once, on the thread that flushes; what
/// the kernel does not take the loop sends later, and the flush lasts until it has. A few bytes that are flushed in a
/// callback of the loop leave when that is over: the end of an answer, or the next one, goes out with its beginning.
/// </summary>
/// <remarks>
/// One writer at a time, on any thread. While blocks are being sent they are the loop's, and the writer fills others. A
/// flush that is cancelled leaves its blocks with the loop; those of the next one are handed over behind them. The
/// writer goes on on the loop, unless the flush has ended before it is awaited.
/// </remarks>
internal sealed partial class ConnectionOutput(LoopConnection connection)
    : PipeWriter, IValueTaskSource<FlushResult>, ILoopWork
{
    // A writer whose reader is as fast would keep everybody else waiting.
    private const int MostBytesAtOnce = 1 << 20;

    private static readonly Action<object?> s_succeed = static self => ((ConnectionOutput)self!).Succeed();
    private static readonly Action<object?> s_cancel = static self => ((ConnectionOutput)self!).Cancel();

    private ManualResetValueTaskSourceCore<FlushResult> _flush;

    // The writer's.
    private BlockSegment? _first;
    private BlockSegment? _last;
    private long _unflushed;
    private bool _isCompleted;

    // The loop's while it sends; else the writer's, or whose _deferral says.
    private BlockSegment? _sending;
    private int _sent;
    private int _sentAtOnce;
    private volatile bool _isSending;
    private volatile bool _isDead;
    private Action? _whenSent;

    // The one flush under way: set by the writer, ended by the loop.
    private volatile bool _isAwaited;
    private CancellationToken _cancelledBy;
    private CancellationTokenRegistration _cancellation;
    private int _cancelRequested;

    private enum Progress
    {
        Done,
        Blocked,
        Paused,
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    private BlockPool Blocks => connection.Blocks;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_isCompleted)
        {
            throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        }

        if (_last is null || _last.Room.Length < Math.Max(sizeHint, 1))
        {
            var block = Blocks.Rent(sizeHint);
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _last?.Room.Length ?? 0);
        if (bytes > 0)
        {
            _last!.Fill(bytes);
            _unflushed += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isAwaited)
        {
            throw new InvalidOperationException("Another flush is under way.");
        }

        TakeBackDeferred();
        if (_isSending)
        {
            AnnounceHandOver();
            Begin(cancellationToken);
            HandOver();
            return new(this, _flush.Version);
        }

        if (_isDead)
        {
            Drop();
            return new(Outcome());
        }

        if (TryDefer())
        {
            return new(Outcome());
        }

        TakeToSend();
        var progress = TrySend();
        if (progress == Progress.Done)
        {
            return new(Outcome());
        }

        Begin(cancellationToken);
        _isSending = true;
        GoOn(progress);
        return new(this, _flush.Version);
    }

    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _cancelRequested, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        TakeBackDeferred();
        if (exception is not null || _unflushed == 0 || _isDead)
        {
            Drop();
        }

        if (_isSending)
        {
            if (_first is not null)
            {
                AnnounceHandOver();
                HandOver();
            }
        }
        else
        {
            TakeToSend();
            if (TrySend() is var progress and not Progress.Done)
            {
                _isSending = true;
                GoOn(progress);
            }
        }
    }

    /// <summary>
    /// Calls back when nothing is under way any more, at once if nothing is. Loop thread, after completion.
    /// </summary>
    public void WhenSent(Action callback)
    {
        if (_isSending || IsHandingOver)
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
        if (!_isSending)
        {
            return;
        }

        // Before the writer may see that nothing is under way, and begin anew.
        var isAwaited = _isAwaited;
        var progress = TrySend();
        if (progress == Progress.Done)
        {
            if (IsHandingOver)
            {
                // It goes on when the blocks arrive.
                return;
            }

            _isSending = false;
            _whenSent?.Invoke();
            if (isAwaited)
            {
                EndFlush(isCancelled: false);
            }

            return;
        }

        GoOn(progress);
        if (isAwaited && (Volatile.Read(ref _cancelRequested) == 1 || _cancelledBy.IsCancellationRequested))
        {
            // What it took along goes on being sent.
            EndFlush(isCancelled: true);
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flush.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private FlushResult Outcome() => new(
        isCanceled: Volatile.Read(ref _cancelRequested) == 1 && Interlocked.Exchange(ref _cancelRequested, 0) == 1,
        isCompleted: _isDead);

    private void Begin(CancellationToken cancellationToken)
    {
        _flush.Reset();
        _isAwaited = true;
        _cancelledBy = cancellationToken;
        _cancellation = cancellationToken.UnsafeRegister(static self => ((ConnectionOutput)self!).Wake(), this);
    }

    private void EndFlush(bool isCancelled)
    {
        _cancellation.Dispose();
        _isAwaited = false;
        connection.Socket.Loop.CallApplication(
            isCancelled && _cancelledBy.IsCancellationRequested ? s_cancel : s_succeed, this);
    }

    private void Succeed() => _flush.SetResult(Outcome());

    private void Cancel() => _flush.SetException(new OperationCanceledException(_cancelledBy));

    private void Wake() => connection.Socket.Post(new LoopCode(connection.Socket.WakeSender));

    /// <summary>The loop goes on, when the kernel has room or everybody else has had a turn.</summary>
    private void GoOn(Progress progress)
    {
        _sentAtOnce = 0;
        if (progress == Progress.Paused || !connection.Socket.WaitToSend(this))
        {
            connection.Socket.Post(this);
        }
    }

    private BlockSegment? Take()
    {
        var chain = _first;
        (_first, _last) = (null, null);
        _unflushed = 0;
        return chain;
    }

    /// <summary>Gives the kernel what it takes. Done as well when nobody will ever take more.</summary>
    private Progress TrySend()
    {
        while (_sending is { } block)
        {
            if (connection.AbortReason is not null)
            {
                Die();
                break;
            }

            var count = block.NextSegment is null
                ? connection.Socket.Send(block.Memory.Span[_sent..])
                : SendMany(block);
            if (count == LoopSocket.WouldBlock)
            {
                return Progress.Blocked;
            }

            if (count < 0)
            {
                Die();
                connection.OutputBroke();
                break;
            }

            Skip(count);
            _sentAtOnce += count;
            if (_sentAtOnce >= MostBytesAtOnce && connection.Socket.Loop.IsRunByCaller)
            {
                return Progress.Paused;
            }
        }

        return Progress.Done;
    }

    private int SendMany(BlockSegment first)
    {
        var blocks = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(LinuxCalls.MostBlocks);
        var count = 0;
        for (var block = first; block is not null && count < LinuxCalls.MostBlocks; block = block.NextSegment)
        {
            blocks[count++] = block == first ? block.Memory[_sent..] : block.Memory;
        }

        var sent = connection.Socket.Send(blocks.AsSpan(0, count));
        ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(blocks, clearArray: true);
        return sent;
    }

    private void Skip(int count)
    {
        _sent += count;
        while (_sending is { } block && _sent >= block.End)
        {
            _sent -= block.End;
            _sending = block.NextSegment;
            Blocks.Return(block);
        }
    }

    private void Die()
    {
        _isDead = true;
        _sent = 0;
        Blocks.ReturnAll(ref _sending);
    }

    private void Drop()
    {
        var chain = Take();
        Blocks.ReturnAll(ref chain);
    }
}
