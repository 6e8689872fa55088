namespace Rondo.Services.Gateway.Upstream;

/// <summary>How the end of a body is told.</summary>
internal enum BodyFraming
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>By its length.</summary>
    Length,

    /// <summary>By a last chunk.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}
