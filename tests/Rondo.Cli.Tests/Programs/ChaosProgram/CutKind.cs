namespace ChaosProgram;

/// <summary>What becomes of a network that is cut.</summary>
internal enum CutKind
{
    /// <summary>What is open is reset, and what comes is refused.</summary>
    Refused,

    /// <summary>Nothing arrives on either side, and nobody is told.</summary>
    Silent,

    /// <summary>Nothing reaches the server; what it says arrives.</summary>
    NoRequests,

    /// <summary>The server gets everything; what it says does not arrive.</summary>
    NoAnswers,
}
