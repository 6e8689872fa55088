namespace Rondo.Transport.Kestrel;

/// <content>
/// Bytes that were flushed and leave when the callback is over. A flush does not wait for them: they are few, and the
/// next one that is not deferred meets the back-pressure.
/// </content>
internal sealed partial class ConnectionOutput
{
    // As much as an answer of some lines. More is worth a call of its own, and back-pressure begins with it.
    private const int MostDeferredBytes = 4096;

    // Whose the blocks are that are to be sent: the writer's; his who exchanges the word first; his who sends.
    private const int NotDeferred = 0;
    private const int Deferred = 1;
    private const int Sending = 2;

    private int _deferral;
    private int _deferredBytes;

    /// <summary>Sends what is deferred, unless the writer has taken it back. Any thread.</summary>
    public void SendDeferred()
    {
        if (Interlocked.CompareExchange(ref _deferral, Sending, Deferred) != Deferred)
        {
            return;
        }

        if (TrySend() is var progress and not Progress.Done)
        {
            _isSending = true;
            GoOn(progress);
        }

        Volatile.Write(ref _deferral, NotDeferred);
    }

    /// <summary>
    /// Leaves what is flushed to the loop until the callback is over; not if that is much, or the loop is not ours.
    /// </summary>
    private bool TryDefer()
    {
        var bytes = (_sending is null ? 0 : _deferredBytes) + _unflushed;
        if (bytes > MostDeferredBytes || !connection.Socket.Loop.IsRunByCaller)
        {
            return false;
        }

        if (bytes == 0)
        {
            return true;
        }

        TakeToSend();
        _deferredBytes = (int)bytes;
        Volatile.Write(ref _deferral, Deferred);
        if (connection.Socket.Loop.TryRunAfterCallback(connection))
        {
            return true;
        }

        // Ours again, unless another thread has it already.
        TakeBackDeferred();
        return _isSending || _sending is null;
    }

    // Another thread has it no longer than a call takes that does not block.
    private void TakeBackDeferred()
    {
        if (Volatile.Read(ref _deferral) == NotDeferred)
        {
            return;
        }

        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _deferral, NotDeferred, Deferred) == Sending)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Puts what is unflushed behind what is to be sent; a few bytes into its last block.</summary>
    private void TakeToSend()
    {
        if (_first is null || _unflushed == 0)
        {
            return;
        }

        var chain = Take();
        if (_sending is null)
        {
            _sending = chain;
            return;
        }

        var tail = TailOf(_sending);
        if (chain!.NextSegment is null && chain.End <= tail.Room.Length)
        {
            chain.Memory.CopyTo(tail.Room);
            tail.Fill(chain.End);
            Blocks.Return(chain);
        }
        else
        {
            tail.Append(chain);
        }
    }

    private static BlockSegment TailOf(BlockSegment block)
    {
        while (block.NextSegment is { } next)
        {
            block = next;
        }

        return block;
    }
}
