using Rondo.Services.Auth.Http;

namespace Rondo.Services.Auth;

/// <summary>Checks by the keys, sessions and tickets of this process.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class LocalKeys(KeyCheck check, KeyStore keys, Sessions sessions, Tickets tickets, TimeProvider time)
    : IKeyChecker
{
    public KeyRevocations Revocations => keys.Revocations;

    public ValueTask<KeyAnswer?> CheckAsync(ShownKey shown, CancellationToken cancellation) =>
        ValueTask.FromResult(Check(shown));

    /// <summary>The same at once.</summary>
    public KeyAnswer? Check(ShownKey shown)
    {
        var session = shown.Session is null ? null : sessions.Find(shown.Session);
        if (!shown.Text.IsNone)
        {
            return session is not null && !IsOf(session, shown.Text.Span)
                ? KeyAnswer.Conflict
                : Answer(Verdict(shown), null);
        }

        if (session is null)
        {
            return null;
        }

        // Its key has ended: a browser with such a cookie is a guest again.
        var verdict = check.CheckAgain(session.Prefix, shown.Address, shown.Origin);
        return verdict.IsAccepted || verdict.Outcome is KeyOutcome.TooFast or KeyOutcome.QuotaSpent
            ? Answer(verdict, session.Token)
            : null;
    }

    /// <summary>Those of some prefixes whose keys count no more.</summary>
    public IEnumerable<string> EndedOf(IEnumerable<string> prefixes) => prefixes.Where(p => !check.IsActive(p));

    private KeyAnswer Answer(KeyVerdict verdict, string? token)
    {
        var limits = RateLimitFields.Of(verdict, time);
        return token is null && limits is null && verdict is { IsAccepted: true, Entry: { } entry }
            ? entry.PlainAnswer
            : new KeyAnswer(verdict, Token: token, Limits: limits);
    }

    private KeyVerdict Verdict(ShownKey shown) =>
        !shown.IsTicket ? check.Check(shown.Text.Span, shown.Address, shown.Origin)
        : tickets.Use(shown.Text.Span.ToString(), shown.Path, shown.Origin) is { } prefix
            ? check.CheckAgain(prefix, shown.Address, shown.Origin)
            : check.Check("", shown.Address, shown.Origin) with { Outcome = KeyOutcome.Malformed };

    private bool IsOf(SignedIn session, ReadOnlySpan<char> text) =>
        check.Look(text) is { IsAccepted: true, Entry: { } entry }
        && keys.Find(session.Prefix)?.Key.Id == entry.Key.Id;
}
