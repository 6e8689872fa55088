using System.Buffers;
using System.IO.Pipelines;
using Rondo.Runtime;

namespace Rondo.Services.WebSockets;

/// <summary>
/// One WebSocket of a server. Its reading side runs wherever the connection does; its writing side belongs to the loop
/// that it is given, so that what the loop owns can write to thousands without a lock. A reader that is too slow is
/// closed; it never holds anybody else up.
/// </summary>
/// <threadsafety>
/// <see cref="RunAsync"/> once, from anywhere; everything else on the loop, except the properties.
/// </threadsafety>
internal sealed class WebSocketSession(IDuplexPipe connection, EventLoop loop, WebSocketLimits limits)
{
    private const int LargestWrite = 16 * 1024;
    private const int WhenCaughtUp = 32;
    private const long NotHalf = -1;
    private const int Abnormal = 1006;

    private readonly Queue<(ReadOnlyMemory<byte> Bytes, int Count)> _unsent = new();
    private TaskCompletionSource? _caughtUp;
    private TaskCompletionSource? _closeSent;
    private int _waiting;
    private bool _isWriting;
    private bool _isClosing;
    private bool _isCloseLast;
    private volatile bool _hasEnded;
    private long _heard = loop.TimeProvider.GetTimestamp();
    private long _halfSince = NotHalf;
    private int _pings;

    /// <summary>How it ended: the code of the close that was sent or came first; 1006 for neither.</summary>
    public int ClosedWith { get; private set; } = Abnormal;

    /// <summary>Whether nothing is to be sent any more.</summary>
    public bool IsClosing => _isClosing;

    // Most sessions wait a long time before they need it, so that it is made then: for either side, whichever is first.
    private TaskCompletionSource CloseSent => LazyInitializer.EnsureInitialized(
        ref _closeSent, static () => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>
    /// Reads until the other side or this one has closed, and gives every message to <paramref name="reader"/>, one at
    /// a time. The caller ends the connection then.
    /// </summary>
    /// <param name="reader">Takes a message; it is valid until the returned task ends.</param>
    /// <returns>Whether both sides have closed in order.</returns>
    public async Task<bool> RunAsync(Func<Incoming, ValueTask> reader)
    {
        using var decoder = new FrameDecoder(limits.MostMessageBytes);
        try
        {
            while (Take(await connection.Input.ReadAsync(), decoder))
            {
                Incoming incoming;
                while ((incoming = decoder.Next()).Kind is not IncomingKind.Nothing)
                {
                    if (!await TakeAsync(incoming, reader))
                    {
                        await CloseSent.Task;
                        return !_hasEnded && (incoming.Kind is IncomingKind.Close || await DrainAsync());
                    }
                }

                Volatile.Write(ref _halfSince, decoder.IsHalf ? loop.TimeProvider.GetTimestamp() : NotHalf);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The network or our own patience ended it.
        }
        finally
        {
            Post(() => _isClosing = true);
        }

        return false;
    }

    /// <summary>
    /// Sends a frame, or several in a row, or queues them behind others. False when the session is closing, now or already.
    /// </summary>
    public bool Send(ReadOnlyMemory<byte> frames, int count = 1)
    {
        if (_isClosing)
        {
            return false;
        }

        if (_waiting >= limits.MostUnsent)
        {
            Forget();
            Close(limits.TooSlow, "Too slow: come again with your cursor.");
            return false;
        }

        Write(frames, count);
        return true;
    }

    /// <summary>Ends when few frames wait: for who has more to send than a queue takes.</summary>
    public Task CaughtUpAsync() => _waiting < WhenCaughtUp || _isClosing
        ? Task.CompletedTask
        : (_caughtUp ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Sends a close behind what waits; the other side has some seconds to answer. Again does nothing.</summary>
    public void Close(int code, string reason)
    {
        if (!_isClosing)
        {
            (_isClosing, _isCloseLast, ClosedWith) = (true, true, code);
            Write(OutgoingFrame.Close(code, reason), 1);
            loop.CallLater(limits.CloseTime, End);
        }
    }

    /// <summary>
    /// To be called every few seconds: asks a silent client whether it is there, closes one that is not or that does
    /// not finish what it began.
    /// </summary>
    public void Check()
    {
        var (time, half) = (loop.TimeProvider, Volatile.Read(ref _halfSince));
        if (half != NotHalf && time.GetElapsedTime(half) > limits.HalfMessageTime)
        {
            Close(1008, $"A message must be whole within {limits.HalfMessageTime.TotalSeconds:0} s.");
            return;
        }

        var silence = time.GetElapsedTime(Volatile.Read(ref _heard));
        if (silence >= limits.Heartbeat * 2)
        {
            Close(1001, "No sign of life.");
            End();
        }
        else if (silence >= limits.Heartbeat * (_pings + 1))
        {
            _pings++;
            Send(OutgoingFrame.Ping());
        }
        else if (silence < limits.Heartbeat)
        {
            _pings = 0;
        }
    }

    /// <summary>Ends it without a word.</summary>
    public void End()
    {
        _isClosing = true;
        _hasEnded = true;
        connection.Input.CancelPendingRead();
        if (_isWriting)
        {
            connection.Output.CancelPendingFlush();
        }

        CloseSent.TrySetResult();
        _caughtUp?.TrySetResult();
    }

    /// <summary>Takes over what was read; false at the end.</summary>
    private bool Take(ReadResult read, FrameDecoder decoder)
    {
        if (_hasEnded)
        {
            return false;
        }

        // The server cancels a read, too, when it would like to stop: the session decides when that is.
        var bytes = read.Buffer;
        if (!bytes.IsEmpty)
        {
            var room = decoder.GetMemory();
            bytes = bytes.Slice(0, Math.Min(bytes.Length, room.Length));
            bytes.CopyTo(room.Span);
            decoder.Received((int)bytes.Length);
            Volatile.Write(ref _heard, loop.TimeProvider.GetTimestamp());
        }

        connection.Input.AdvanceTo(bytes.End);
        return !bytes.IsEmpty || !read.IsCompleted;
    }

    // To end a connection with bytes unread resets it, and what was sent last, the close, is lost on the way.
    private async Task<bool> DrainAsync()
    {
        while (await connection.Input.ReadAsync() is var read && !_hasEnded)
        {
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False when there is nothing more to read.</summary>
    private async ValueTask<bool> TakeAsync(Incoming incoming, Func<Incoming, ValueTask> reader)
    {
        switch (incoming.Kind)
        {
            case IncomingKind.Ping:
                var pong = OutgoingFrame.Pong(incoming.Data.Span);
                Post(() => Send(pong));
                return true;
            case IncomingKind.Pong:
                return true;
            case IncomingKind.Close:
                Post(() => Close(incoming.Code, ""));
                return false;
            case IncomingKind.Fault:
                Post(() => Close(incoming.Code, incoming.Reason));
                return false;
            default:
                await reader(incoming);
                return true;
        }
    }

    private void Post(Action action)
    {
        if (!loop.IsClosed)
        {
            loop.CallSoonThreadSafe(action);
        }
    }

    private void Write(ReadOnlyMemory<byte> frames, int count)
    {
        if (_isWriting)
        {
            _unsent.Enqueue((frames, count));
            _waiting += count;
            return;
        }

        _isWriting = true;
        _ = WriteAllAsync(frames);
    }

    private ReadOnlyMemory<byte> Dequeue()
    {
        var (frames, count) = _unsent.Dequeue();
        _waiting -= count;
        return frames;
    }

    private void Forget()
    {
        _unsent.Clear();
        _waiting = 0;
    }

    // The network sets the pace: while it takes nothing, frames wait here.
    private async Task WriteAllAsync(ReadOnlyMemory<byte> first)
    {
        try
        {
            var isTaken = await PutAsync(first);
            while (isTaken && _unsent.Count > 0)
            {
                isTaken = await WriteSomeAsync();
                if (_waiting < WhenCaughtUp && _caughtUp is { } waiting)
                {
                    _caughtUp = null;
                    waiting.TrySetResult();
                }
            }

            if (!isTaken)
            {
                GiveUp();
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            GiveUp();
        }

        _isWriting = false;
        if (_isCloseLast)
        {
            CloseSent.TrySetResult();
        }
    }

    private void GiveUp()
    {
        Forget();
        End();
    }

    /// <summary>False when nothing more can be sent.</summary>
    private ValueTask<bool> PutAsync(ReadOnlyMemory<byte> bytes)
    {
        var flush = connection.Output.WriteAsync(bytes);

        // The connection would go on where it lives; a task comes back to this loop.
        return flush.IsCompletedSuccessfully ? new(IsTaken(flush.Result)) : new(WaitAsync(flush.AsTask()));

        static async Task<bool> WaitAsync(Task<FlushResult> flush) => IsTaken(await flush);

        static bool IsTaken(FlushResult flush) => !flush.IsCompleted && !flush.IsCanceled;
    }

    private async ValueTask<bool> WriteSomeAsync()
    {
        var first = Dequeue();
        if (_unsent.Count == 0)
        {
            return await PutAsync(first);
        }

        // One call of the system for what has gathered.
        var together = ArrayPool<byte>.Shared.Rent(Math.Max(LargestWrite, first.Length));
        try
        {
            first.CopyTo(together);
            var length = first.Length;
            while (_unsent.TryPeek(out var next) && length + next.Bytes.Length <= together.Length)
            {
                Dequeue().CopyTo(together.AsMemory(length));
                length += next.Bytes.Length;
            }

            return await PutAsync(together.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(together);
        }
    }
}
