using Rondo.Runtime;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// What carries the bytes of one connection on a loop. It never blocks, and outcomes are values: a count, or a negative
/// failure that <see cref="Describe"/> puts into words. As with <see cref="LoopSocket"/>, who is told
/// <see cref="WouldBlock"/> waits, and a wait may end without cause. Closed, it may connect anew.
/// </summary>
/// <threadsafety>The loop's thread.</threadsafety>
internal abstract class ClientChannel(EventLoop loop)
{
    /// <summary>There is nothing yet, or no room.</summary>
    public const int WouldBlock = LoopSocket.WouldBlock;

    /// <summary>Connected, but the two did not agree on TLS.</summary>
    public const int HandshakeFailed = int.MinValue;

    public EventLoop Loop => loop;

    /// <summary>Starts to connect; 0, or a failure that leaves it closed.</summary>
    /// <param name="work">Run when <see cref="FinishConnect"/> is worth asking.</param>
    public abstract int Connect(ILoopWork work);

    /// <summary>0 when connected, <see cref="WouldBlock"/> while under way, or a failure.</summary>
    public abstract int FinishConnect();

    /// <summary>How many bytes came, 0 at the end, or a failure.</summary>
    public abstract int Receive(Span<byte> into);

    /// <summary>How many bytes were taken, or a failure.</summary>
    public abstract int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Has the loop run <paramref name="work"/> when something comes; false if to try again at once.</summary>
    public abstract bool WaitToReceive(ILoopWork work);

    /// <summary>Has the loop run <paramref name="work"/> when there is room; false if to try again at once.</summary>
    public abstract bool WaitToSend(ILoopWork work);

    /// <summary>Closes, and runs nobody who waits. Again does nothing.</summary>
    public abstract void Abandon();

    /// <summary>A failure to connect in words.</summary>
    public abstract string Describe(int failure);
}
