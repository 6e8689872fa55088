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
        if (Credential.Read(context, keys, out var key) is { } problem)
        {
            return problem;
        }

        if (key is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rondo\"";
            return new Problem(
                Credential.Missing,
                $"This needs a key with the scope '{scope}': send 'Authorization: Bearer KEY'.",
                ("required", scope));
        }

        return key.Allows(scope) ? null : Credential.Lacks(key, scope);
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
