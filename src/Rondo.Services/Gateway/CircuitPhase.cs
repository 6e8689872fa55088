namespace Rondo.Services.Gateway;

/// <summary>Whether an instance gets requests.</summary>
internal enum CircuitPhase
{
    /// <summary>All that it is picked for.</summary>
    Closed,

    /// <summary>None for a while.</summary>
    Open,

    /// <summary>A growing share, to see whether it is back.</summary>
    HalfOpen,
}
