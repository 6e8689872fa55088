namespace Rondo.Transport.Sockets;

/// <summary>
/// One side of a socket, between the one who uses it and the loop that hears of it. The user clears it, makes its
/// system call, and waits only if nothing was signalled since; the loop's signal tells the loop whether somebody waits.
/// One word, so that neither has to own the other's thread.
/// </summary>
internal struct Readiness
{
    private const int Quiet = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private int _state;

    /// <summary>Whether something has been signalled since it was cleared.</summary>
    public readonly bool IsSignalled => Volatile.Read(in _state) == Signalled;

    /// <summary>
    /// Before the system call. What was signalled before is seen by that call, so forgetting it loses nothing.
    /// </summary>
    public void Clear() => Volatile.Write(ref _state, Quiet);

    /// <summary>From now on the loop completes what this side waits for; false if it need not wait.</summary>
    public bool TryWait() => Interlocked.CompareExchange(ref _state, Waiting, Quiet) == Quiet;

    /// <summary>By the loop: something is ready. Whether somebody waits, who is the loop's to serve now.</summary>
    public bool Signal() => Interlocked.Exchange(ref _state, Signalled) == Waiting;
}
