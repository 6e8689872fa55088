using System.Globalization;
using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>Lets in who may use a route, and as often as that.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteGuard(Credentials credentials)
{
    /// <summary>The key that was shown, where one is needed; and why the request is refused.</summary>
    /// <param name="context">The request; its answer gets the fields that go with it.</param>
    /// <param name="route">The route.</param>
    /// <param name="client">Where the request comes from.</param>
    /// <param name="isTrial">Whether it is not counted against the route's limit.</param>
    public async ValueTask<(StoredKey? Key, Problem? Problem)> CheckAsync(
        HttpContext context, RouteModel route, IPAddress? client, bool isTrial = false)
    {
        var (limiter, auth) = (route.State.Limiter, route.Config.Auth);
        if (limiter?.Limit.By is LimitSubject.Address && Count(context, limiter, null, client, isTrial) is { } early)
        {
            return (null, early);
        }

        StoredKey? key = null;
        if (auth.Kind is AuthKind.Key)
        {
            (key, var problem) = await ReadAsync(context, auth.ScopesFor(context.Request.Method));
            if (problem is not null)
            {
                return (key, problem);
            }
        }

        return limiter is not null and not { Limit.By: LimitSubject.Address }
            ? (key, Count(context, limiter, key?.Id, client, isTrial))
            : (key, null);
    }

    private async ValueTask<(StoredKey? Key, Problem? Problem)> ReadAsync(
        HttpContext context, IReadOnlyList<string> scopes)
    {
        var (key, problem) = await credentials.ReadAsync(context);
        if (problem is null && key is null)
        {
            problem = AuthProblems.Needed(context, scopes.Count > 0 ? scopes[0] : null);
        }

        for (var i = 0; problem is null && i < scopes.Count; i++)
        {
            problem = key!.Allows(scopes[i]) ? null : credentials.Lacks(context, key, scopes[i]);
        }

        return (key, problem);
    }

    private static Problem? Count(
        HttpContext context, RouteLimiter limiter, string? key, IPAddress? client, bool isTrial)
    {
        var verdict = limiter.Take(key, client, isTrial);
        var (headers, rate) = (context.Response.Headers, limiter.Limit.Rate);
        Append("RateLimit-Policy", Invariant($"\"route\";q={rate.Limit};w={Math.Ceiling(rate.Per.TotalSeconds)}"));
        Append("RateLimit", Invariant($"\"route\";r={verdict.Left};t={Seconds(verdict.Next)}"));
        if (verdict.Wait == TimeSpan.Zero)
        {
            return null;
        }

        headers.RetryAfter = Seconds(verdict.Wait);
        return new Problem(AuthProblems.TooFast, "This route is used faster than it may be. Wait.");

        // The key may have a limit of its own, which stands there already.
        void Append(string name, string value) => headers[name] =
            headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
    }

    private static string Seconds(TimeSpan time) =>
        Math.Max(1, Math.Ceiling(time.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
