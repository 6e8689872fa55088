using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

internal static class WeatherReplies
{
    /// <summary>The answer when nobody has said anything about a place, with the time to come again.</summary>
    public static Problem Nothing(this WeatherAggregator weather, HttpContext context, WeatherPlace place)
    {
        var wait = WeatherProblems.Seconds(weather.RetryAfter(place));
        context.Response.Headers.RetryAfter = wait;
        return WeatherProblems.Nothing(place, $"No source has answered with it; ask again in {wait} s.");
    }

    /// <summary>A page for browsers, the problem for all others.</summary>
    public static Task RefuseAsync(this HttpContext context, Problem problem, IReadOnlyList<WeatherPlace> near)
    {
        context.Response.Headers.Vary = WeatherParameters.Vary;
        return WeatherParameters.WantsPage(context)
            ? WeatherPage.WriteAsync(context, problem, near)
            : problem.WriteAsync(context);
    }
}
