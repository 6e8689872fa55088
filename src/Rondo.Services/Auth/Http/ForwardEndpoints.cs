using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// Answers other proxies whether a request may pass, in three dialects: 200 with who it is, 401, 403; for all but
/// nginx, which takes everything else for a fault, also 400 and 429. Never a redirect.
/// </summary>
internal sealed class ForwardEndpoints(
    KeyCheck check, AuditTrail audit, LiveOptions<AuthOptions> options, TimeProvider time)
{
    private const string Extended = "/auth/ext";
    private const string ScopeParameter = "scope";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/auth/forward", context => AnswerAsync(
            context, isStrict: false, trusted => OriginalRequest.Forwarded(context, trusted)));
        routes.MapRead("/auth/request", context => AnswerAsync(
            context, isStrict: true, trusted => OriginalRequest.Original(context, trusted)));

        // Envoy asks with the method and the path of the request, whatever they are.
        routes.Map(Extended + "/{**path}", context => AnswerAsync(
            context,
            isStrict: false,
            trusted => OriginalRequest.Extended(context, Extended, TargetOf(context), trusted)));
    }

    private Task AnswerAsync(HttpContext context, bool isStrict, Func<AddressList, OriginalRequest?> read)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Decide(context, read) is { } problem
            ? (isStrict ? Strict(problem) : problem).WriteAsync(context)
            : Task.CompletedTask;
    }

    private Problem? Decide(HttpContext context, Func<AddressList, OriginalRequest?> read)
    {
        var trusted = options.Current.Trusted();
        if (context.Connection.RemoteIpAddress is { } peer && !trusted.Contains(peer))
        {
            return new Problem(AuthProblems.UntrustedProxy, "Only a proxy of 'Auth:TrustedProxies' may ask this.");
        }

        if (read(trusted) is not { } original)
        {
            return new Problem(
                AuthProblems.UnclearRequest,
                "Method, host and path of the original request are each given once, in plain form.");
        }

        var (scope, isPublic) = Needs(context, original);
        return isPublic ? null
            : scope is null ? new Problem(AuthProblems.NoRule, $"No rule is about {original.Method} {original.Path}.")
            : Check(context, original, scope);
    }

    // What the proxy was told to ask for comes before the rules.
    private (string? Scope, bool IsPublic) Needs(HttpContext context, OriginalRequest original)
    {
        if (!context.Request.Path.StartsWithSegments(Extended)
            && context.Request.Query[ScopeParameter] is { Count: > 0 } asked)
        {
            var isOne = asked is [{ } text] && !text.StartsWith('!') && ScopeSet.Parse([text]).Set is not null;
            return (isOne ? asked[0] : null, false);
        }

        var rule = options.Current.Rules.FirstOrDefault(r => r.Fits(original.Method, original.Host, original.Path));
        return (rule?.Scope is { Length: > 0 } scope ? scope : null, rule?.Public ?? false);
    }

    private Problem? Check(HttpContext context, OriginalRequest original, string scope)
    {
        var sent = SentKeys.Only(context.Request.Headers, out var isConflict);
        if (sent.IsNone || isConflict)
        {
            return isConflict ? AuthProblems.Conflict : AuthProblems.Needed(context, scope);
        }

        var origin = context.Request.Headers.Origin is [{ } page, ..] ? page : null;
        var verdict = check.Check(sent.Span, original.Client, origin);
        var actor = new AuditActor(verdict.Entry?.Key.Id ?? "-", original.Client?.ToString());
        RateLimitFields.Write(context.Response.Headers, RateLimitFields.Of(verdict, time));
        if (!verdict.IsAccepted)
        {
            audit.Refused(verdict.Outcome.ToString(), actor, null);
            return AuthProblems.Refused(context, verdict);
        }

        var key = verdict.Entry!.Key;
        if (!key.Allows(scope))
        {
            audit.Refused(AuthProblems.InsufficientScope.Name, actor, scope);
            return AuthProblems.Lacks(key, scope);
        }

        context.Response.Headers["X-Auth-Key-Id"] = key.Id;
        context.Response.Headers["X-Auth-Subject"] = Uri.EscapeDataString(key.Subject);
        context.Response.Headers["X-Auth-Scopes"] = string.Join(' ', key.Settings.Scopes.Texts);
        return null;
    }

    private static Problem Strict(Problem problem) => problem.Status is 401 or 403
        ? problem
        : new Problem(problem.Type, problem.Detail) { Status = StatusCodes.Status403Forbidden };

    private static string TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()!.RawTarget;
}
