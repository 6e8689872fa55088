using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <content>
/// Bytes that are flushed while the loop still sends earlier ones: they go to the loop as a message, which arrives
/// later. Until it has, the loop must not find that everything is sent: the flush would end too soon, and what the
/// writer flushes then overtake them.
/// </content>
internal sealed partial class ConnectionOutput
{
    // Chains that are announced and have not arrived.
    private int _handingOver;

    private bool IsHandingOver => Volatile.Read(ref _handingOver) > 0;

    /// <summary>Before the loop can see the flush that brings them.</summary>
    private void AnnounceHandOver() => Interlocked.Increment(ref _handingOver);

    /// <summary>Puts what is unflushed behind what the loop is sending.</summary>
    private void HandOver()
    {
        var chain = Take();
        connection.Socket.Post(new LoopCode(() => Join(chain)));
    }

    private void Join(BlockSegment? chain)
    {
        Interlocked.Decrement(ref _handingOver);
        if (_isDead)
        {
            Blocks.ReturnAll(ref chain);
        }

        // Then nobody may be left who goes on. To run once too often does no harm.
        var isIdle = _sending is null;
        if (isIdle)
        {
            _sending = chain;
        }
        else if (chain is not null)
        {
            TailOf(_sending!).Append(chain);
        }

        if (isIdle || !_isSending)
        {
            _isSending = true;
            Run();
        }
    }
}
