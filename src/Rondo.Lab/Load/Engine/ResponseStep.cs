namespace Rondo.Lab.Load.Engine;

/// <summary>What a piece of a response has led to.</summary>
internal enum ResponseStep
{
    /// <summary>More bytes are needed.</summary>
    More,

    /// <summary>The response is whole.</summary>
    Complete,

    /// <summary>This is not the protocol; <see cref="AnswerReader.Problem"/> says why.</summary>
    Malformed,

    /// <summary>The server has said that it closes.</summary>
    Closing,
}
