using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Rondo.Runtime;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// What a connection receives, as a pipe. It asks the socket only while somebody reads: back-pressure is the kernel's,
/// and a connection that waits for its next request holds no block.
/// </summary>
/// <remarks>
/// One reader at a time, on any thread. While it waits, the loop owns the receiving side; the reader goes on in a
/// callback of the loop, also if it came from somewhere else. What awaits comes before what is fulfilled: the loop is
/// not asked until the continuation is there, so that no reader goes on where it came from by losing a race.
/// </remarks>
internal sealed class ConnectionInput(LoopConnection connection)
    : PipeReader, IValueTaskSource<ReadResult>, ILoopWork
{
    // A reader that is always served at once would keep everybody else waiting.
    private const int MostReadsAtOnce = 16;

    private const long NothingExamined = -1;

    private BlockSegment? _first;
    private BlockSegment? _last;
    private int _consumed;
    private long _examined;
    private bool _isAtEnd;
    private bool _isCompleted;
    private int _readsAtOnce;
    private int _cancelRequested;
    private Exception? _error;

    // The one wait under way.
    private short _token;
    private Action<object?>? _continuation;
    private object? _state;
    private ExecutionContext? _context;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancelledBy;
    private ReadResult _result;
    private bool _hasResult;

    private long Length => _last is null ? 0 : _last.RunningIndex + _last.End - _first!.RunningIndex - _consumed;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTake(out var result))
        {
            return new(result);
        }

        if (connection.Socket.Loop.IsRunByCaller && _readsAtOnce++ < MostReadsAtOnce && Receive())
        {
            ThrowIfBroken();
            return new(Take(isCanceled: false));
        }

        _readsAtOnce = 0;
        _hasResult = false;
        _cancelledBy = cancellationToken;
        return new(this, ++_token);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfCompleted();
        return TryTake(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_first is null)
        {
            return;
        }

        // A position of nowhere changes nothing: Kestrel passes it when a body's parser throws.
        _examined = examined.GetObject() is BlockSegment seen
            ? seen.RunningIndex + examined.GetInteger()
            : NothingExamined;
        if (consumed.GetObject() is not BlockSegment to)
        {
            return;
        }

        while (_first != to)
        {
            var next = _first!.NextSegment;
            connection.Blocks.Return(_first);
            _first = next ?? throw new InvalidOperationException("The position is not one of the last read's.");
        }

        _consumed = consumed.GetInteger();
        if (_consumed == _first!.End && _first == _last)
        {
            // Everything is consumed; the block is the next one's.
            connection.Blocks.Return(_first);
            _first = _last = null;
            _consumed = 0;
            _examined = 0;
        }
    }

    public override void CancelPendingRead()
    {
        Volatile.Write(ref _cancelRequested, 1);
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        _last = null;
        _consumed = 0;
        connection.Blocks.ReturnAll(ref _first);
    }

    /// <summary>Completes it for a reader who may be waiting: that one sees the end. Loop thread.</summary>
    public void End()
    {
        Complete();
        _isAtEnd = true;
        connection.Socket.WakeReceiver();
    }

    /// <summary>The loop has something for the reader that waits. Its last statement is the reader's.</summary>
    public void Run()
    {
        var isCancelled = Volatile.Read(ref _cancelRequested) == 1 || _cancelledBy.IsCancellationRequested;
        if (!isCancelled && !Receive())
        {
            Wait();
            return;
        }

        var (continuation, state, context) = (_continuation!, _state, _context);
        (_continuation, _state, _context) = (null, null, null);
        _cancellation.Dispose();
        _cancellation = default;
        if (!_cancelledBy.IsCancellationRequested)
        {
            _result = Take(isCanceled: Interlocked.Exchange(ref _cancelRequested, 0) == 1);
        }

        Volatile.Write(ref _hasResult, true);
        connection.Socket.Loop.CallApplication(context is null ? continuation : Under(context, continuation), state);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        Debug.Assert(token == _token && _hasResult, "A read is awaited once, and after it has ended.");
        _cancelledBy.ThrowIfCancellationRequested();
        if (!_result.IsCanceled)
        {
            ThrowIfBroken();
        }

        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) =>
        !Volatile.Read(ref _hasResult) ? ValueTaskSourceStatus.Pending
        : _error is null ? ValueTaskSourceStatus.Succeeded
        : ValueTaskSourceStatus.Faulted;

    // The flag that asks for the caller's context is ignored: the reader goes on on the loop.
    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _continuation = continuation;
        _state = state;
        _context = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0
            ? ExecutionContext.Capture()
            : null;
        if (_cancelledBy.CanBeCanceled)
        {
            _cancellation = _cancelledBy.UnsafeRegister(
                static self => ((ConnectionInput)self!).Wake(), this);
        }

        if (Volatile.Read(ref _cancelRequested) == 1)
        {
            connection.Socket.Post(this);
        }
        else
        {
            Wait();
        }
    }

    private static Action<object?> Under(ExecutionContext context, Action<object?> continuation) =>
        state => ExecutionContext.Run(context, new ContextCallback(continuation), state);

    private void Wake() => connection.Socket.Post(new LoopCode(connection.Socket.WakeReceiver));

    /// <summary>The receiving side is the loop's from here on.</summary>
    private void Wait()
    {
        var socket = connection.Socket;
        if (!socket.WaitToReceive(this))
        {
            socket.Post(this);
        }
    }

    private bool TryTake(out ReadResult result)
    {
        if (Volatile.Read(ref _cancelRequested) == 1)
        {
            Volatile.Write(ref _cancelRequested, 0);
            result = Take(isCanceled: true);
            return true;
        }

        if (_last is not null && _last.RunningIndex + _last.End > _examined && Length > 0)
        {
            result = Take(isCanceled: false);
            return true;
        }

        if (connection.AbortReason is { } reason)
        {
            (_isAtEnd, _error) = (true, reason);
        }

        if (_isAtEnd)
        {
            ThrowIfBroken();
            result = Take(isCanceled: false);
            return true;
        }

        result = default;
        return false;
    }

    private ReadResult Take(bool isCanceled) => new(
        _first is null ? default : new ReadOnlySequence<byte>(_first, _consumed, _last!, _last!.End),
        isCanceled,
        isCompleted: _isAtEnd);

    /// <summary>Asks the socket; false if it has nothing yet.</summary>
    private bool Receive()
    {
        if (_isAtEnd)
        {
            return true;
        }

        // Before a block is rented: the one kept back may be with an answer that is still deferred.
        if (connection.AbortReason is null && !connection.Socket.MayReceive)
        {
            return false;
        }

        var block = _last is { Room.Length: > 0 } ? _last : connection.Blocks.Rent();
        var count = connection.AbortReason is null ? connection.Socket.Receive(block.Room.Span) : 0;
        if (count > 0)
        {
            block.Fill(count);
            if (block != _last)
            {
                Append(block);
            }

            return true;
        }

        if (block != _last)
        {
            connection.Blocks.Return(block);
        }

        if (count == LoopSocket.WouldBlock)
        {
            return false;
        }

        _isAtEnd = true;
        _error = connection.AbortReason ?? (count < 0 ? connection.Broken(-count) : null);
        connection.InputEnded();
        return true;
    }

    private void Append(BlockSegment block)
    {
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

    private void ThrowIfBroken()
    {
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("Reading is not allowed after the reader was completed.");
        }
    }
}
