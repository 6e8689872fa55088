using System.Net;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>Endpoint metadata: only a key with this scope may call, from anywhere or from off this machine.</summary>
internal sealed record RequiredScope(string Scope, bool OpenOnLoopback = false);

internal static class RequiredScopeExtensions
{
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope, bool openOnLoopback = false)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredScope(scope, openOnLoopback));
}

/// <summary>
/// Enforces <see cref="RequiredScope"/>: 401 without a valid key (RFC 6750 section 3), 403 when the key lacks the
/// scope, 400 when one request carries two different keys.
/// </summary>
internal sealed class ScopeMiddleware(RequestDelegate next, KeyStore keys)
{
    private static readonly ProblemType MissingCredential = new("missing-credential", 401, "Key needed");
    private static readonly ProblemType InvalidCredential = new("invalid-credential", 401, "Key not accepted");
    private static readonly ProblemType InsufficientScope = new("insufficient-scope", 403, "Scope missing");
    private static readonly ProblemType ConflictingCredentials =
        new("conflicting-credentials", 400, "Two different keys");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is not { } required
            || (required.OpenOnLoopback && IsLoopback(context.Connection.RemoteIpAddress)))
        {
            return next(context);
        }

        return Check(context, required.Scope) is { } problem ? problem.WriteAsync(context) : next(context);
    }

    private Problem? Check(HttpContext context, string scope)
    {
        var sent = Credentials(context.Request.Headers).Distinct().ToList();
        if (sent.Count > 1)
        {
            return new Problem(ConflictingCredentials, "The request carries two different keys. Send one.");
        }

        if (sent.Count == 0)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\"";
            return new Problem(
                MissingCredential,
                $"This needs a key with the scope '{scope}': send 'Authorization: Bearer KEY'.",
                ("required", scope));
        }

        if (keys.Find(sent[0]) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\", error=\"invalid_token\"";
            return new Problem(InvalidCredential, "The key is not one of ours, or is no longer valid.");
        }

        return key.Allows(scope)
            ? null
            : new Problem(InsufficientScope, $"The key '{key.Prefix}' lacks the scope '{scope}'.", ("required", scope));
    }

    private static IEnumerable<string> Credentials(IHeaderDictionary headers)
    {
        foreach (var authorization in headers.Authorization)
        {
            const string bearer = "Bearer ";
            yield return authorization is not null
                && authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
                ? authorization[bearer.Length..].Trim()
                : "";
        }

        foreach (var key in headers["X-API-Key"])
        {
            yield return key ?? "";
        }
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
