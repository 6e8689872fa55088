namespace Rondo.Transport.Kestrel;

/// <summary>How Kestrel runs on event loops.</summary>
/// <threadsafety>Not safe to change while the server runs.</threadsafety>
public sealed class LoopTransportOptions
{
    /// <summary>
    /// How many loops, each with a thread and a listening socket of its own; at least 1, default one for each
    /// processor.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Loops
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = Environment.ProcessorCount;

    /// <summary>
    /// How many connections may wait in the kernel to be accepted, for each loop; at least 1, default 512. The kernel
    /// allows no more than <c>net.core.somaxconn</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Backlog
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 512;

    /// <summary>Whether small packets are sent at once (<c>TCP_NODELAY</c>); default true.</summary>
    public bool NoDelay { get; set; } = true;
}
