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
    public ValueTask<(StoredKey? Key, Problem? Problem)> CheckAsync(
        HttpContext context, RouteModel route, IPAddress? client, bool isTrial = false)
    {
        var limiter = route.State.Limiter;
        if (limiter?.Limit.By is LimitSubject.Address && Count(context, limiter, null, client, isTrial) is { } early)
        {
            return new((null, early));
        }

        if (route.Config.Auth.Kind is not AuthKind.Key)
        {
            return new(Judge(context, route, (null, null), client, isTrial));
        }

        var read = credentials.ReadAsync(context);
        return read.IsCompletedSuccessfully
            ? new(Judge(context, route, read.Result, client, isTrial))
            : WaitAsync(context, route, read, client, isTrial);
    }

    private async ValueTask<(StoredKey? Key, Problem? Problem)> WaitAsync(
        HttpContext context, RouteModel route, ValueTask<(StoredKey? Key, Problem? Problem)> read, IPAddress? client,
        bool isTrial) =>
        Judge(context, route, await read, client, isTrial);

    private (StoredKey? Key, Problem? Problem) Judge(
        HttpContext context, RouteModel route, (StoredKey? Key, Problem? Problem) read, IPAddress? client,
        bool isTrial)
    {
        var (key, problem) = read;
        var (limiter, auth) = (route.State.Limiter, route.Config.Auth);
        if (problem is null && auth.Kind is AuthKind.Key)
        {
            problem = Allow(context, key, auth.ScopesFor(context.Request.Method));
        }

        return problem is null && limiter is not null and not { Limit.By: LimitSubject.Address }
            ? (key, Count(context, limiter, key?.Id, client, isTrial))
            : (key, problem);
    }

    private Problem? Allow(HttpContext context, StoredKey? key, IReadOnlyList<string> scopes)
    {
        if (key is null)
        {
            return AuthProblems.Needed(context, scopes.Count > 0 ? scopes[0] : null);
        }

        for (var i = 0; i < scopes.Count; i++)
        {
            if (!key.Allows(scopes[i]))
            {
                return credentials.Lacks(context, key, scopes[i]);
            }
        }

        return null;
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
