using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Noise.Pages;

/// <summary>
/// <c>/noise/measure/{room}</c>: everybody may read it; measuring takes a ticket, which is in the fragment.
/// </summary>
internal sealed class MeasureEndpoints(NoiseBook book)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/noise/measure/{room}", ReadAsync);

    private Task ReadAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.CacheControl = "no-store";
        headers.Vary = "Accept-Language";
        var language = request.Query["lang"] is [{ } tag] ? PageLanguages.Parse(tag) : null;
        var spoken = language ?? PageLanguages.Preferred(request.Headers.AcceptLanguage);
        return book.Current.Find((string)request.RouteValues["room"]!) is { } level
            ? MeasurePage.WriteAsync(context, level, spoken)
            : MeasurePage.WriteMissingAsync(context, spoken);
    }
}
