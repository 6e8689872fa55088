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

    /// <summary>
    /// How many threads besides the loops' own may be held by code that blocks; at least 0, default 512. At that bound
    /// requests are answered with 503 and Retry-After. 0 never hands a loop over: a handler that blocks holds up every
    /// connection of its loop.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int SpareThreads
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 512;

    /// <summary>
    /// How long code may hold a loop before another thread goes on with it; default 5 ms, at least 1 ms. Waits that the
    /// runtime reports (locks, tasks, events) hand it over after 1 ms.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 ms.</exception>
    public TimeSpan BlockingLimit
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Whether what blocks for 100 ms is logged with its line, as a warning of the category <c>Rondo.Transport</c>, once
    /// in ten seconds for each line; default whether the environment variable <c>RONDO_DEBUG</c> is 1. A wait of the
    /// runtime costs some microseconds more; what is none takes a sample of the whole process for some tenths of a
    /// second.
    /// </summary>
    public bool Debug { get; set; } = Environment.GetEnvironmentVariable("RONDO_DEBUG") == "1";
}
