using System.Buffers;
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
internal sealed class WebSocketSession(Stream connection, EventLoop loop, WebSocketLimits limits) : IDisposable
{
    private const int LargestWrite = 16 * 1024;
    private const int WhenCaughtUp = 32;
    private const int DrainBytes = 4096;
    private const long NotHalf = -1;
    private const int Abnormal = 1006;

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<(ReadOnlyMemory<byte> Bytes, int Count)> _unsent = new();
    private TaskCompletionSource? _caughtUp;
    private int _waiting;
    private bool _isWriting;
    private bool _isClosing;
    private bool _isCloseLast;
    private long _heard = loop.TimeProvider.GetTimestamp();
    private long _halfSince = NotHalf;
    private int _pings;

    /// <summary>How it ended: the code of the close that was sent or came first; 1006 for neither.</summary>
    public int ClosedWith { get; private set; } = Abnormal;

    /// <summary>Whether nothing is to be sent any more.</summary>
    public bool IsClosing => _isClosing;

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
            while (await ReadAsync(decoder))
            {
                Incoming incoming;
                while ((incoming = decoder.Next()).Kind is not IncomingKind.Nothing)
                {
                    if (!await TakeAsync(incoming, reader))
                    {
                        await _closeSent.Task.WaitAsync(_end.Token);
                        return incoming.Kind is IncomingKind.Close || await DrainAsync();
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
        _end.Cancel();
        _caughtUp?.TrySetResult();
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Waits without holding memory, then reads what is there; false at the end.</summary>
    private async ValueTask<bool> ReadAsync(FrameDecoder decoder)
    {
        if (!decoder.IsHalf)
        {
#pragma warning disable CA2022 // It reads nothing: it waits until there is something.
            await connection.ReadAsync(Memory<byte>.Empty, _end.Token);
#pragma warning restore CA2022
        }

        var read = await connection.ReadAsync(decoder.GetMemory(), _end.Token);
        decoder.Received(read);
        Volatile.Write(ref _heard, loop.TimeProvider.GetTimestamp());
        return read > 0;
    }

    // To end a connection with bytes unread resets it, and what was sent last, the close, is lost on the way.
    private async Task<bool> DrainAsync()
    {
        var nowhere = new byte[DrainBytes];
        while (await connection.ReadAsync(nowhere, _end.Token) > 0)
        {
        }

        return true;
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
            await connection.WriteAsync(first, _end.Token);
            while (_unsent.Count > 0)
            {
                await WriteSomeAsync();
                if (_waiting < WhenCaughtUp && _caughtUp is { } waiting)
                {
                    _caughtUp = null;
                    waiting.TrySetResult();
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Forget();
            End();
        }

        _isWriting = false;
        if (_isCloseLast)
        {
            _closeSent.TrySetResult();
        }
    }

    private async ValueTask WriteSomeAsync()
    {
        var first = Dequeue();
        if (_unsent.Count == 0)
        {
            await connection.WriteAsync(first, _end.Token);
            return;
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

            await connection.WriteAsync(together.AsMemory(0, length), _end.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(together);
        }
    }
}
