namespace Rondo.Transport.Sockets;

/// <summary>How a <see cref="LoopConnector"/> connects. Read when it is made.</summary>
/// <threadsafety>Not safe: set it up before use.</threadsafety>
public sealed class LoopConnectorOptions
{
    /// <summary>Names the connector's thread and loop. Default: "rondo-connector".</summary>
    public string Name { get; set; } = "rondo-connector";

    /// <summary>
    /// How long connecting may take as a whole: looking the name up, trying its addresses (each gets its share of what
    /// is left), and TLS. More than zero, up to 24 days; default 15 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> leaves it to the system.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether small packets are sent at once (<c>TCP_NODELAY</c>). Default: true.</summary>
    public bool NoDelay { get; set; } = true;
}
