namespace Rondo.Transport.Sockets;

/// <summary>
/// The last descriptors of a process, which are not for connections: the platform opens files whenever it loads or
/// compiles something or starts a thread, and ends the process ("Out of memory") when it cannot. The kernel gives the
/// lowest free number, so a number tells how many are taken.
/// </summary>
/// <param name="limit">How many the process may have; negative if that is not known.</param>
/// <threadsafety>Immutable.</threadsafety>
internal readonly struct DescriptorReserve(int limit)
{
    private const int Most = 64;

    // For a process with few, an eighth.
    private readonly int _size = limit < 0 ? 0 : Math.Min(Most, limit / 8);
    private readonly int _limit = limit < 0 ? int.MaxValue : limit;

    /// <summary>The first that a connection of a client is not left with.</summary>
    public int FirstNotAccepted => _limit - _size;

    /// <summary>
    /// The first that a connection to somebody else is not left with. A half more: what was accepted may need it.
    /// </summary>
    public int FirstNotConnected => _limit - (_size / 2);
}
