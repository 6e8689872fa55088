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

    private async ValueTask<(StoredKey? Key, Problem? Problem)> ReadAsync(HttpContext context, bool isOpen)
    {
        if (Query(context, out var fromQuery) is { } repeated)
        {
            return (null, repeated);
        }

        var headers = context.Request.Headers;
        var sent = SentKeys.In(headers).Concat(fromQuery).Distinct().ToList();
        if (sent.Count > 1)
        {
            return (null, AuthProblems.Conflict);
        }

        var shown = new ShownKey(
            sent.Count == 1 ? sent[0] : null,
            context.Request.Cookies[SessionCookie],
            context.Request.Path.Value ?? "",
            context.Connection.RemoteIpAddress,
            headers.Origin is [{ } origin, ..] ? origin : null);
        if (shown.IsNothing || await checker.CheckAsync(shown, context.RequestAborted) is not { } answer)
        {
            return default;
        }

        var isGuest = isOpen && answer.Verdict.Outcome is KeyOutcome.Unavailable && shown.Text is null
            && headers.Upgrade.Count == 0
            && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
        return isGuest ? default
            : answer.IsConflict ? (null, AuthProblems.Conflict)
            : Take(context, shown, answer);
    }

    private (StoredKey? Key, Problem? Problem) Take(HttpContext context, ShownKey shown, KeyAnswer answer)
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
                    shown.Text is { } text ? PrefixOf(text) : verdict.Entry?.Secret.Prefix);
            }

            return (null, AuthProblems.Refused(context, verdict));
        }

        var isSession = answer.Token is not null;
        context.Features.Set(new AcceptedKey(verdict.Entry!, isSession ? shown.Session : null));
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

    private static string? PrefixOf(string text) =>
        ApiKey.IsShaped(text) ? ApiKey.PrefixOf(text).ToString() : null;
}
