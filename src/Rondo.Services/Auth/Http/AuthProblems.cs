using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>The kinds of refusal; docs/services/auth.md lists when each is answered.</summary>
internal static class AuthProblems
{
    public static readonly ProblemType Missing = new("missing-credential", 401, "Key needed");
    public static readonly ProblemType Invalid = new("invalid-credential", 401, "Key not accepted");
    public static readonly ProblemType InsufficientScope = new("insufficient-scope", 403, "Scope missing");
    public static readonly ProblemType Conflicting = new("conflicting-credentials", 400, "Two different keys");
    public static readonly ProblemType TooManyAttempts = new("too-many-attempts", 429, "Too many wrong keys");
    public static readonly ProblemType TooFast = new("too-fast", 429, "Too fast");
    public static readonly ProblemType QuotaSpent = new("quota-spent", 429, "This month's uses are used up");
    public static readonly ProblemType TokenMissing = new("csrf-token-missing", 403, "Not from a page of ours");
    public static readonly ProblemType NoKey = new("no-key", 404, "No such key");
    public static readonly ProblemType WeakParent = new("weak-parent", 403, "Stronger than the key that asks");
    public static readonly ProblemType LastAdmin = new("last-admin", 409, "The last key that administers");
    public static readonly ProblemType KeyExpired = new("key-expired", 409, "The key counts no more");
    public static readonly ProblemType StillRotating = new("still-rotating", 409, "The text of before still counts");
    public static readonly ProblemType UnusableKey = new("unusable-key", 422, "Key not taken");
    public static readonly ProblemType TooMany = new("too-many", 429, "Too many");
    public static readonly ProblemType UntrustedProxy = new("untrusted-proxy", 403, "Not a proxy that is trusted");
    public static readonly ProblemType UnclearRequest = new("unclear-request", 400, "Original request not understood");
    public static readonly ProblemType NoRule = new("no-rule", 403, "No rule allows it");

    public static readonly ProblemType Unavailable = new("auth-unavailable", 503, "Keys cannot be checked");

    public const string Realm = "Bearer realm=\"rondo\"";

    public static Problem Conflict => new(Conflicting, "The request carries two different keys. Send one.");

    /// <summary>Says why a check has not let a request in.</summary>
    public static Problem Refused(HttpContext context, KeyVerdict verdict)
    {
        switch (verdict.Outcome)
        {
            case KeyOutcome.TooFast or KeyOutcome.QuotaSpent or KeyOutcome.TooManyAttempts:
                return Limited(context, verdict);
            case KeyOutcome.Unavailable:
                Wait(context, verdict);
                return new Problem(
                    Unavailable, "No auth service answers at present, so no key can be checked. Try again soon.");
            default:
                return NotAccepted(context);
        }
    }

    /// <summary>The same whatever is wrong with the key.</summary>
    public static Problem NotAccepted(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = Realm + ", error=\"invalid_token\"";
        return new Problem(Invalid, "The key is not one of ours, or is no longer valid.");
    }

    /// <param name="context">The request.</param>
    /// <param name="scope">What the key has to allow; null when any key does.</param>
    public static Problem Needed(HttpContext context, string? scope)
    {
        context.Response.Headers.WWWAuthenticate = Realm;
        return scope is null
            ? new Problem(Missing, "This needs a key: send 'Authorization: Bearer KEY'.")
            : new Problem(
                Missing,
                $"This needs a key with the scope '{scope}': send 'Authorization: Bearer KEY'.",
                ("required", scope));
    }

    public static Problem Lacks(StoredKey key, string scope) =>
        new(InsufficientScope, $"The key '{key.Id}' lacks the scope '{scope}'.", ("required", scope));

    private static void Wait(HttpContext context, KeyVerdict verdict) => context.Response.Headers.RetryAfter =
        Math.Ceiling(verdict.RetryAfter.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);

    private static Problem Limited(HttpContext context, KeyVerdict verdict)
    {
        Wait(context, verdict);
        return verdict.Outcome switch
        {
            KeyOutcome.TooFast => new Problem(TooFast, "The key is used faster than it may be."),
            KeyOutcome.QuotaSpent => new Problem(QuotaSpent, "The key's uses of this month are used up."),
            _ => new Problem(TooManyAttempts, "There were too many wrong keys. Wait before the next."),
        };
    }

    public static Problem Of(KeyFault fault, string id) => fault switch
    {
        KeyFault.WeakParent => new Problem(
            WeakParent, "A key makes, changes and ends only keys that may do no more than it may itself."),
        KeyFault.LastAdmin => new Problem(
            LastAdmin, $"'{id}' is the last key with '{KeyAdmin.Scope}'. Make another first."),
        KeyFault.Ended => new Problem(KeyExpired, $"The key '{id}' has expired or was revoked. Make a new one."),
        KeyFault.StillRotating => new Problem(
            StillRotating,
            "The grace of the last rotation is not over. A grace of '0s' ends all earlier texts at once."),
        _ => new Problem(NoKey, $"There is no key '{id}'."),
    };
}
