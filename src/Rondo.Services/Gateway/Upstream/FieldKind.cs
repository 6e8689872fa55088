namespace Rondo.Services.Gateway.Upstream;

/// <summary>What a field of an answer means to a proxy.</summary>
internal enum FieldKind
{
    /// <summary>Nothing: it is handed on.</summary>
    EndToEnd,

    /// <summary>It is of one connection, and dropped.</summary>
    Hop,

    /// <summary><c>Connection</c>.</summary>
    Connection,

    /// <summary><c>Content-Length</c>.</summary>
    Length,

    /// <summary><c>Transfer-Encoding</c>.</summary>
    Coding,

    /// <summary><c>Upgrade</c>.</summary>
    Upgrade,
}
