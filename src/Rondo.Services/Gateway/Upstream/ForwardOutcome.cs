namespace Rondo.Services.Gateway.Upstream;

/// <summary>How an exchange with an upstream ended.</summary>
internal enum ForwardOutcome
{
    /// <summary>The client has the whole answer.</summary>
    Completed,

    /// <summary>The answer's status was one to throw away; the client has seen nothing.</summary>
    Discarded,

    /// <summary>No connection: refused, unreachable, no such name, or TLS failed. Nothing was sent.</summary>
    ConnectFailed,

    /// <summary>No connection within its limit. Nothing was sent.</summary>
    ConnectTimeout,

    /// <summary>The connection ended before the answer did.</summary>
    ConnectionLost,

    /// <summary>No complete head of an answer within its limit.</summary>
    FirstByteTimeout,

    /// <summary>Nothing moved for the idle limit.</summary>
    IdleTimeout,

    /// <summary>The answer broke the protocol; the connection to the upstream is closed.</summary>
    InvalidAnswer,

    /// <summary>The client's body could not be read: it broke its framing, its limit, or came too slowly.</summary>
    BodyFailed,

    /// <summary>The client left.</summary>
    ClientLeft,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}
