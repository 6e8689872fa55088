namespace Rondo.Services.Gateway.Upstream;

/// <summary>How long the parts of an exchange may take.</summary>
/// <param name="Connect">Until the connection stands, name lookup and TLS included; default 2 s.</param>
/// <param name="FirstByte">From the end of the request until the answer's head is complete; default 5 s.</param>
/// <param name="Idle">Without a byte in either direction afterwards; default 60 s.</param>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record ForwardLimits(TimeSpan Connect, TimeSpan FirstByte, TimeSpan Idle)
{
    public static ForwardLimits Default { get; } =
        new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
}
