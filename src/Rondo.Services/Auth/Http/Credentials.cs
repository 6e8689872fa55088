using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// Reads who sends a request: by a key in <c>Authorization</c> or <c>X-API-Key</c>, a ticket where a browser cannot
/// send either, or the cookie of a browser that is signed in. Nothing of that goes further than here: what stood in the
/// address is taken out of it.
/// </summary>
internal sealed class Credentials(
    IKeyChecker checker, AuditTrail audit, LiveOptions<AuthOptions> options)
{
    public const string SessionCookie = "rondo_session";
    public const string TokenCookie = "rondo_csrf";
    public const string TokenHeader = "X-CSRF-Token";

    private const string KeyParameter = "key";

    /// <summary>What ends with a key.</summary>
    public KeyRevocations Revocations => checker.Revocations;

    /// <summary>
    /// The key of a request; null when it shows none, or none that counts: then the problem says what is wrong.
    /// </summary>
    public ValueTask<(StoredKey? Key, Problem? Problem)> ReadAsync(HttpContext context) =>
        ReadAsync(context, isOpen: false);

    /// <summary>
    /// The same for what is open to all: somebody who is signed in, and whose session cannot be checked at present,
    /// reads as everybody does.
    /// </summary>
    public ValueTask<(StoredKey? Key, Problem? Problem)> ReadOpenAsync(HttpContext context) =>
        ReadAsync(context, isOpen: true);

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

    private ValueTask<(StoredKey? Key, Problem? Problem)> ReadAsync(HttpContext context, bool isOpen)
    {
        if (Shown(context, out var shown) is { } unclear)
        {
            return new((null, unclear));
        }

        if (shown.IsNothing)
        {
            return default;
        }

        // Of keys that are known here the answer is there at once.
        var check = checker.CheckAsync(shown, context.RequestAborted);
        return check.IsCompletedSuccessfully
            ? new(Judge(context, shown, check.Result, isOpen))
            : WaitAsync(context, shown, check, isOpen);
    }

    private async ValueTask<(StoredKey? Key, Problem? Problem)> WaitAsync(
        HttpContext context, ShownKey shown, ValueTask<KeyAnswer?> check, bool isOpen) =>
        Judge(context, shown, await check, isOpen);

    private Problem? Shown(HttpContext context, out ShownKey shown)
    {
        shown = default;
        if (Query(context, out var ofQuery) is { } repeated)
        {
            return repeated;
        }

        var headers = context.Request.Headers;
        var sent = SentKeys.Only(headers, out var isConflict);
        foreach (var text in ofQuery)
        {
            isConflict |= !sent.IsNone && !sent.Span.SequenceEqual(text);
            sent = text;
        }

        shown = new ShownKey(
            sent,
            SessionOf(context),
            context.Request.Path.Value ?? "",
            context.Connection.RemoteIpAddress,
            headers.Origin is [{ } origin, ..] ? origin : null);
        return isConflict ? AuthProblems.Conflict : null;
    }

    // Cookies of others are not taken apart.
    private static string? SessionOf(HttpContext context)
    {
        var cookies = context.Request.Headers.Cookie;
        for (var i = 0; i < cookies.Count; i++)
        {
            if (cookies[i]?.Contains(SessionCookie, StringComparison.OrdinalIgnoreCase) is true)
            {
                return context.Request.Cookies[SessionCookie];
            }
        }

        return null;
    }

    private (StoredKey? Key, Problem? Problem) Judge(
        HttpContext context, in ShownKey shown, KeyAnswer? answer, bool isOpen)
    {
        if (answer is null)
        {
            return default;
        }

        var isGuest = isOpen && answer.Verdict.Outcome is KeyOutcome.Unavailable && shown.Text.IsNone
            && context.Request.Headers.Upgrade.Count == 0
            && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
        return isGuest ? default
            : answer.IsConflict ? (null, AuthProblems.Conflict)
            : Take(context, shown, answer);
    }

    private (StoredKey? Key, Problem? Problem) Take(HttpContext context, in ShownKey shown, KeyAnswer answer)
    {
        RateLimitFields.Write(context.Response.Headers, answer.Limits);
        var verdict = answer.Verdict;
        if (!verdict.IsAccepted)
        {
            if (verdict.Outcome is not KeyOutcome.Unavailable)
            {
                audit.Refused(
                    verdict.Outcome.ToString(),
                    new AuditActor(verdict.Entry?.Key.Id ?? "-", context.Connection.RemoteIpAddress?.ToString()),
                    shown.Text.IsNone ? verdict.Entry?.Secret.Prefix : PrefixOf(shown.Text.Span));
            }

            return (null, AuthProblems.Refused(context, verdict));
        }

        var isSession = answer.Token is not null;
        context.Features.Set(isSession ? new AcceptedKey(verdict.Entry!, shown.Session) : verdict.Entry!.Accepted);
        return isSession && Unasked(context, answer.Token!) is { } unasked
            ? (null, unasked)
            : (verdict.Entry!.Key, null);
    }

    // A browser sends its cookie with whatever another site's page makes it send.
    private static Problem? Unasked(HttpContext context, string known)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
            || context.Request.Headers[TokenHeader] is [{ } token] && token == known)
        {
            return null;
        }

        // A form has no headers of its own: there the browser's word about the page counts.
        return context.Request.HasFormContentType && context.Request.Headers.Origin.Count == 1
            ? SameOrigin.Refuse(context, [])
            : new Problem(
                AuthProblems.TokenMissing, $"Send the cookie '{TokenCookie}' again as the header '{TokenHeader}'.");
    }

    private Problem? Query(HttpContext context, out string[] texts)
    {
        texts = [];
        if (!MayHoldOne(context.Request.QueryString.Value))
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

    // Whether a parameter may be one of ours, by its name as it is written: an escaped one may be any.
    private static bool MayHoldOne(ReadOnlySpan<char> query)
    {
        query = query.TrimStart('?');
        foreach (var parameter in query.Split('&'))
        {
            var text = query[parameter];
            var name = text.IndexOf('=') is var end and >= 0 ? text[..end] : text;
            if (name.Contains('%')
                || name.Equals(KeyParameter, StringComparison.OrdinalIgnoreCase)
                || name.Equals(Tickets.Parameter, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string? PrefixOf(ReadOnlySpan<char> text) =>
        ApiKey.IsShaped(text) ? ApiKey.PrefixOf(text).ToString() : null;
}
