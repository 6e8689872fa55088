namespace Rondo.Services.Hosting.Tls;

/// <summary>Marks a connection that came without TLS to an address that has it.</summary>
internal sealed class PlainHttp
{
    public static PlainHttp Instance { get; } = new();
}

/// <summary>
/// A device must read how to trust the authority before it trusts it. So that page comes without TLS, too, on the same
/// port; whatever else is asked for there is refused, so that nothing secret is ever answered or asked for twice.
/// </summary>
internal sealed class PlainHttpMiddleware(RequestDelegate next)
{
    private static readonly ProblemType Type = new("plain-http", 400, "This port speaks https");

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.Features.Get<PlainHttp>() is null)
        {
            return next(context);
        }

        var hasTrust = context.RequestServices.GetRequiredService<ServerCertificates>().Authority is not null;
        if (hasTrust && IsRead(request) && IsOpen(request.Path))
        {
            return next(context);
        }

        if (IsRead(request) && request.Headers.Accept.Count > 0
            && MediaType.Choose(request.Headers.Accept, MediaType.Json, MediaType.Html) == MediaType.Html)
        {
            // Not for good: a browser would keep it beyond the day on which the port speaks something else.
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location =
                hasTrust ? TrustEndpoints.Path : $"https://{request.Host}{request.Path}{request.QueryString}";
            context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }

        var trust = hasTrust ? $" http://{request.Host}{TrustEndpoints.Path} says how a device trusts it." : "";
        return new Problem(Type, $"Ask for https://{request.Host}{request.Path}.{trust}").WriteAsync(context);
    }

    private static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsOpen(PathString path) =>
        path.StartsWithSegments(TrustEndpoints.Path) || path.StartsWithSegments("/assets");
}
