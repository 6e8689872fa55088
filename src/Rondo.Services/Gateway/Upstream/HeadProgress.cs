namespace Rondo.Services.Gateway.Upstream;

/// <summary>How far the head of an answer has been read.</summary>
internal enum HeadProgress
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>It breaks the protocol.</summary>
    Invalid,
}
