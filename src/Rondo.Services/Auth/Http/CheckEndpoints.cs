using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// What services ask about keys: <c>/auth/check</c> with the key itself, or for a request that another process has
/// got; <c>/auth/introspect</c> (RFC 7662) about another's. And what browsers and services need of us: tickets, and the
/// key set for our tokens.
/// </summary>
internal sealed class CheckEndpoints(
    KeyCheck check,
    Credentials credentials,
    LocalKeys keys,
    LiveOptions<AuthOptions> options,
    Tickets tickets,
    UpstreamTokens tokens,
    AuditTrail audit,
    TimeProvider time)
{
    public const string IntrospectScope = "auth:introspect";

    private const int MostBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth/check", CheckAsync);
        routes.MapPost("/auth/introspect", IntrospectAsync).RequireScope(IntrospectScope);
        routes.MapPost("/auth/tickets", TicketAsync).RequireKey();
        routes.MapRead("/auth/.well-known/jwks.json", context => JsonReply.WriteAsync(context, tokens.KeySet));
    }

    private async Task CheckAsync(HttpContext context)
    {
        if (await KeyForm.CheckAsync(context) is not { } order)
        {
            return;
        }

        if (order.Shown is not null || order.Held is not null)
        {
            await TellServiceAsync(context, order);
            return;
        }

        var (key, problem) = await credentials.ReadAsync(context);
        problem ??= key is null ? AuthProblems.Needed(context, null)
            : order.Scope.Length > 0 && !key.Allows(order.Scope) ? credentials.Lacks(context, key, order.Scope)
            : null;
        await (problem?.WriteAsync(context) ?? TellOwnAsync(context, key!));
    }

    // The word of a service about its client counts as that of a proxy about its own. But who comes through a proxy is
    // no service, however much that proxy is trusted.
    private async Task TellServiceAsync(HttpContext context, CheckOrder order)
    {
        var headers = context.Request.Headers;
        if ((context.Connection.RemoteIpAddress is { } peer && !options.Current.Trusted().Contains(peer))
            || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded"))
        {
            await new Problem(
                AuthProblems.UntrustedProxy, "Only a service at an address of 'Auth:TrustedProxies' may ask this, and not through a proxy.")
                .WriteAsync(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        if (order.Shown is not { } shown)
        {
            await JsonReply.WriteAsync(context, json => CheckJson.WriteEnded(json, keys.EndedOf(order.Held!)));
            return;
        }

        var answer = keys.Check(shown);
        if (answer is { IsConflict: false, Verdict: { IsAccepted: false } refused })
        {
            audit.Refused(
                refused.Outcome.ToString(),
                new AuditActor(refused.Entry?.Key.Id ?? "-", shown.Address?.ToString()),
                null);
        }

        await JsonReply.WriteAsync(context, json => CheckJson.WriteAnswer(json, answer));
    }

    private static async Task TellOwnAsync(HttpContext context, StoredKey key)
    {
        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("active", true);
            json.WriteStartObject("key");
            json.WriteString("id", key.Id);
            json.WriteString("name", key.Name);
            json.WriteStartArray("scopes");
            foreach (var text in key.Settings.Scopes.Texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
            json.WriteString("expires_at", key.Settings.Expires is { } at ? StreamJson.Text(at) : null);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private async Task IntrospectAsync(HttpContext context)
    {
        var body = await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted);
        var fields = body is null || !context.Request.HasFormContentType
            ? null
            : QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body));
        if (fields is null || !fields.TryGetValue("token", out var given) || given is not [{ } token])
        {
            await new Problem(ProblemType.InvalidBody, "The body is a form with one field 'token'.")
                .WriteAsync(context);
            return;
        }

        var verdict = check.Look(token);
        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json => Write(json, verdict));
    }

    private static void Write(Utf8JsonWriter json, KeyVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteBoolean("active", verdict.IsAccepted);
        if (verdict is { IsAccepted: true, Entry.Key: { } key })
        {
            json.WriteString("scope", string.Join(' ', key.Settings.Scopes.Texts));
            json.WriteString("client_id", key.Id);
            json.WriteString("username", key.Name);
            json.WriteString("sub", key.Subject);
            json.WriteString("token_type", "Bearer");
            json.WriteNumber("iat", key.Created.ToUnixTimeSeconds());
            if (key.Settings.Expires is { } expires)
            {
                json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            }
        }

        json.WriteEndObject();
    }

    private async Task TicketAsync(HttpContext context)
    {
        if (await KeyForm.TicketAsync(context) is not { } wanted)
        {
            return;
        }

        var origin = wanted.Origin ?? (context.Request.Headers.Origin is [{ } own] ? own : null);
        if (tickets.Make(AcceptedKey.Of(context)!.Entry.Secret.Prefix, wanted.Path, origin) is not { } text)
        {
            await new Problem(AuthProblems.TooMany, "Too many tickets wait to be used.").WriteAsync(context);
            return;
        }

        await audit.AppendAsync(AuditEntry.Of(
            "auth.ticket", AcceptedKey.ActorOf(context), wanted.Path, time.GetUtcNow()));
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("ticket", text);
            json.WriteString("path", wanted.Path);
            json.WriteString("origin", origin);
            json.WriteNumber("expires_in", (int)Tickets.Life.TotalSeconds);
            json.WriteEndObject();
        });
    }
}
