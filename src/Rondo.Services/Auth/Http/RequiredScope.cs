using System.Net;
using Microsoft.Net.Http.Headers;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth.Http;

/// <summary>Endpoint metadata: only a key with this scope may call, from anywhere or from off this machine.</summary>
internal sealed record RequiredScope(string Scope, bool OpenOnLoopback = false);

/// <summary>Endpoint metadata: any key may call; without one, the endpoint's own answer counts.</summary>
internal sealed class AnyKey
{
    public static AnyKey Instance { get; } = new();
}

internal static class RequiredScopeExtensions
{
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope, bool openOnLoopback = false)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredScope(scope, openOnLoopback));

    /// <summary>Any key that counts.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(AnyKey.Instance);
}

/// <summary>
/// Enforces <see cref="RequiredScope"/>: 401 without a valid key (RFC 6750 section 3), 403 when the key lacks the
/// scope, 400 when one request carries two different keys.
/// </summary>
internal sealed class ScopeMiddleware(RequestDelegate next, Credentials credentials)
{
    public Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        var required = metadata?.GetMetadata<RequiredScope>();
        if (required is null ? metadata?.GetMetadata<AnyKey>() is null
            : required.OpenOnLoopback && IsLoopback(context.Connection.RemoteIpAddress))
        {
            return next(context);
        }

        return GuardAsync(context, required?.Scope, metadata);
    }

    private async Task GuardAsync(HttpContext context, string? scope, EndpointMetadataCollection? metadata)
    {
        if (await CheckAsync(context, scope) is not { } problem)
        {
            await next(context);
        }
        else if (problem.Status == StatusCodes.Status401Unauthorized
            && metadata?.GetMetadata<BrowserPage>() is not null
            && MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, MediaType.Html) is MediaType.Html)
        {
            LogInFirst(context);
        }
        else
        {
            await problem.WriteAsync(context);
        }
    }

    private static void LogInFirst(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.Remove(HeaderNames.WWWAuthenticate);
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location =
            "/login?next=" + Uri.EscapeDataString(request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
        response.Headers.Vary = "Accept";
        response.Headers.CacheControl = "no-store";
    }

    private async ValueTask<Problem?> CheckAsync(HttpContext context, string? scope)
    {
        var (key, problem) = await credentials.ReadAsync(context);
        return problem is not null ? problem
            : key is null ? AuthProblems.Needed(context, scope)
            : scope is null || key.Allows(scope) ? null
            : credentials.Lacks(context, key, scope);
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(AddressList.Plain(address));
}
