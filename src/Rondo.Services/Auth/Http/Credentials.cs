using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// Reads who sends a request: by a key in <c>Authorization</c> or <c>X-API-Key</c>, a ticket where a browser cannot
/// send either, or the cookie of a browser that is signed in. Nothing of that goes further than here: what stood in the
/// address is taken out of it.
/// </summary>
internal sealed class Credentials(
    KeyCheck check, KeyStore keys, Sessions sessions, Tickets tickets, AuditTrail audit, LiveOptions<AuthOptions> options,
    TimeProvider time)
{
    public const string SessionCookie = "rondo_session";
    public const string TokenCookie = "rondo_csrf";
    public const string TokenHeader = "X-CSRF-Token";

    private const string KeyParameter = "key";

    /// <summary>What ends with a key.</summary>
    public KeyRevocations Revocations => keys.Revocations;

    /// <summary>What is wrong with the keys of a request; null when it shows a good one, or none at all.</summary>
    public Problem? Read(HttpContext context, out StoredKey? key)
    {
        key = null;
        if (Query(context, out var fromQuery) is { } repeated)
        {
            return repeated;
        }

        var sent = SentKeys.In(context.Request.Headers).Concat(fromQuery).Distinct().ToList();
        var cookie = context.Request.Cookies[SessionCookie];
        var session = cookie is null ? null : sessions.Find(cookie);
        if (sent.Count > 1 || (sent.Count == 1 && session is not null && !IsOf(session, sent[0])))
        {
            return new Problem(AuthProblems.Conflicting, "The request carries two different keys. Send one.");
        }

        if (sent.Count == 1)
        {
            return Take(context, Verdict(context, sent[0]), PrefixOf(sent[0]), null, out key);
        }

        if (session is null)
        {
            return null;
        }

        var verdict = check.CheckAgain(session.Prefix, context.Connection.RemoteIpAddress, Origin(context));
        if (!verdict.IsAccepted && verdict.Outcome is not (KeyOutcome.TooFast or KeyOutcome.QuotaSpent))
        {
            // Its key has ended: a browser with such a cookie is a guest again.
            return null;
        }

        return Take(context, verdict, session.Prefix, cookie, out key) ?? Unasked(context, session);
    }

    /// <summary>Somebody was refused for want of a scope.</summary>
    public Problem Lacks(HttpContext context, StoredKey key, string scope)
    {
        audit.Refused(
            AuthProblems.InsufficientScope.Name, AcceptedKey.ActorOf(context) with { Key = key.Id }, scope);
        return AuthProblems.Lacks(key, scope);
    }

    /// <summary>Serves what stays open, such as a stream; it ends with the key that opened it.</summary>
    public async Task ServeWithKeyAsync(HttpContext context, Func<Task> serve)
    {
        if (AcceptedKey.Of(context) is not { } accepted)
        {
            await serve();
            return;
        }

        // To what serves it looks as if the client had left.
        var (client, ended) = (context.RequestAborted, Revocations.TokenOf(accepted.Entry.Secret));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, ended);
        context.RequestAborted = either.Token;
        try
        {
            await serve();
        }
        finally
        {
            context.RequestAborted = client;
        }

        if (ended.IsCancellationRequested && !context.Response.HasStarted)
        {
            await AuthProblems.NotAccepted(context).WriteAsync(context);
        }
    }

    private KeyVerdict Verdict(HttpContext context, string text)
    {
        var (address, origin) = (context.Connection.RemoteIpAddress, Origin(context));
        if (!text.StartsWith("tk_", StringComparison.Ordinal))
        {
            return check.Check(text, address, origin);
        }

        return tickets.Use(text, context.Request.Path.Value ?? "", origin) is { } prefix
            ? check.CheckAgain(prefix, address, origin)
            : check.Check("", address, origin) with { Outcome = KeyOutcome.Malformed };
    }

    private Problem? Take(
        HttpContext context, KeyVerdict verdict, string? prefix, string? session, out StoredKey? key)
    {
        key = null;
        if (verdict.Entry is { Key: { Settings: { Rate: not null } or { Quota: not null } } limited }
            && verdict.Outcome is KeyOutcome.Accepted or KeyOutcome.TooFast or KeyOutcome.QuotaSpent)
        {
            RateLimitFields.Write(context.Response.Headers, limited, time);
        }

        if (verdict.IsAccepted)
        {
            key = verdict.Entry!.Key;
            context.Features.Set(new AcceptedKey(verdict.Entry, session));
            return null;
        }

        audit.Refused(
            verdict.Outcome.ToString(),
            new AuditActor(verdict.Entry?.Key.Id ?? "-", context.Connection.RemoteIpAddress?.ToString()),
            prefix);
        return verdict.Outcome is KeyOutcome.TooFast or KeyOutcome.QuotaSpent or KeyOutcome.TooManyAttempts
            ? AuthProblems.Limited(context, verdict)
            : AuthProblems.NotAccepted(context);
    }

    // A browser sends its cookie with whatever another site's page makes it send.
    private static Problem? Unasked(HttpContext context, SignedIn session)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
            || context.Request.Headers[TokenHeader] is [{ } token] && token == session.Token)
        {
            return null;
        }

        // A form has no headers of its own: there the browser's word about the page counts.
        return context.Request.HasFormContentType && context.Request.Headers.Origin.Count == 1
            ? SameOrigin.Refuse(context, [])
            : new Problem(
                AuthProblems.TokenMissing, $"Send the cookie '{TokenCookie}' again as the header '{TokenHeader}'.");
    }

    private Problem? Query(HttpContext context, out IEnumerable<string> texts)
    {
        texts = [];
        if (!context.Request.QueryString.HasValue)
        {
            return null;
        }

        var query = context.Request.Query;
        var (key, ticket) = (query[KeyParameter], query[Tickets.Parameter]);
        if (key.Count > 1 || ticket.Count > 1)
        {
            return new Problem(ProblemType.RepeatedParameter, "A key or a ticket is given once.");
        }

        var isKey = key.Count == 1 && options.Current.QueryKeys;
        if (isKey || ticket.Count == 1)
        {
            texts = isKey && ticket.Count == 1 ? [key[0]!, ticket[0]!] : [isKey ? key[0]! : ticket[0]!];
            Remove(context, isKey);
        }

        return null;
    }

    // Nothing behind this, a log or another server, sees it.
    private static void Remove(HttpContext context, bool withKey)
    {
        var rest = context.Request.Query.Where(p => p.Key != Tickets.Parameter && !(withKey && p.Key == KeyParameter));
        context.Request.QueryString = new QueryString(QueryHelpers.AddQueryString("", rest));
    }

    private bool IsOf(SignedIn session, string text) =>
        check.Look(text) is { IsAccepted: true, Entry: { } entry }
        && keys.Find(session.Prefix)?.Key.Id == entry.Key.Id;

    private static string? Origin(HttpContext context) =>
        context.Request.Headers.Origin is [{ } origin, ..] ? origin : null;

    private static string? PrefixOf(string text) =>
        ApiKey.IsShaped(text) ? ApiKey.PrefixOf(text).ToString() : null;
}
