namespace Rondo.Lab.Load.Engine;

/// <summary>What a piece of a response has led to.</summary>
internal enum ResponseStep
{
    /// <summary>More bytes are needed.</summary>
    More,

    /// <summary>The response is whole.</summary>
    Complete,

    /// <summary>This is no HTTP/1.1; <see cref="ResponseReader.Problem"/> says why.</summary>
    Malformed,
}
