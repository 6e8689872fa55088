namespace Rondo.Services.Auth;

/// <summary>What a check says of what a request shows.</summary>
/// <param name="Verdict">Of the key.</param>
/// <param name="IsConflict">Whether the request shows two different keys; then nothing else counts.</param>
/// <param name="Token">Of a session, where that decided: what a page of ours sends along with a change.</param>
/// <param name="Limits">What is left of a key that may not be used as often as one likes; else null.</param>
internal sealed record KeyAnswer(
    KeyVerdict Verdict, bool IsConflict = false, string? Token = null, KeyLimits? Limits = null)
{
    public static KeyAnswer Conflict { get; } =
        new(new KeyVerdict(KeyOutcome.Malformed, null), IsConflict: true);
}

/// <summary>The fields <c>RateLimit-Policy</c> and <c>RateLimit</c> of an answer.</summary>
internal sealed record KeyLimits(string Policy, string State);
