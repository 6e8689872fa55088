namespace Rondo.Services.Gateway.Upstream;

/// <summary>How an exchange with an upstream ended.</summary>
/// <param name="Outcome">The end.</param>
/// <param name="Status">The upstream's status; 0 when none was read.</param>
/// <param name="IsBodyTouched">Whether a byte of the client's body was read, so that it cannot be sent again.</param>
/// <param name="Detail">What went wrong, for the log and for the operator; null after a success.</param>
/// <param name="Error">What the body or the connection failed with; null when there was none.</param>
/// <param name="IsUnsent">Whether it is sure that not a byte of the request was sent.</param>
/// <threadsafety>Immutable.</threadsafety>
internal readonly record struct ForwardResult(
    ForwardOutcome Outcome, int Status, bool IsBodyTouched, string? Detail = null, Exception? Error = null,
    bool IsUnsent = false);
