namespace Rondo.Transport.Kestrel;

/// <summary>How Kestrel runs on event loops.</summary>
/// <threadsafety>Not safe to change while the server runs.</threadsafety>
public sealed class LoopTransportOptions
{
    /// <summary>
    /// How many loops, each with a thread and a listening socket of its own; default one for each processor.
    /// </summary>
    public int Loops { get; set; } = Environment.ProcessorCount;

    /// <summary>How many connections may wait in the kernel to be accepted, for each loop; default 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Whether small packets are sent at once (<c>TCP_NODELAY</c>); default true.</summary>
    public bool NoDelay { get; set; } = true;
}
