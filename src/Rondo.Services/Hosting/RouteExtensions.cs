namespace Rondo.Services.Hosting;

internal static class RouteExtensions
{
    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    /// <summary>
    /// Maps GET, and HEAD with it (RFC 9110 section 9.3.2); the server leaves the body of a HEAD out.
    /// </summary>
    public static IEndpointConventionBuilder MapRead(
        this IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, ReadMethods, handler);
}
