using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary><c>/weather/places</c>: what places there are, and saving some under names of one's own.</summary>
internal sealed class PlaceEndpoints(PlaceBook places)
{
    private const string Scope = "weather:admin";
    private const int MostFound = 20;

    public void Map(IEndpointRouteBuilder readable, IEndpointRouteBuilder routes)
    {
        readable.MapRead("/weather/places", List);
        routes.MapPut("/weather/places/{id}", Save).RequireScope(Scope);
        routes.MapDelete("/weather/places/{id}", Delete).RequireScope(Scope);
    }

    private Task List(HttpContext context)
    {
        if (WeatherParameters.Unknown(context, "q") is { } problem)
        {
            return problem.WriteAsync(context);
        }

        var sought = context.Request.Query["q"].ToString();
        var found = PlaceName.Fold(sought).Length == 0
            ? places.Saved.Where(_ => !places.IsFixture).Prepend(places.Default).DistinctBy(p => p.Id)
            : places.Search(sought);
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("places");
            foreach (var place in found.Take(MostFound))
            {
                Write(json, place);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task Save(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var (place, problem) = PlaceBook.IsId(id)
            ? await ReadAsync(context, id)
            : (null, WeatherProblems.Unusable(
                "An id has 1 to 40 lower case letters, digits and hyphens, begins with a letter, "
                    + "and is neither 'places' nor 'upstreams'."));
        if (place is not null && places.Save(place) is { } mistake)
        {
            problem = WeatherProblems.Unusable(mistake);
        }

        await (problem?.WriteAsync(context) ?? JsonReply.WriteAsync(context, json => Write(json, place!)));
    }

    private Task Delete(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!places.Delete(id))
        {
            return new Problem(ProblemType.NotFound, $"No place is saved as '{WeatherProblems.Shorten(id)}'.")
                .WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task<(WeatherPlace? Place, Problem? Problem)> ReadAsync(HttpContext context, string id)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(
                context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted);
            return Read(json.RootElement, id);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, new Problem(
                ProblemType.InvalidBody,
                """The body is JSON such as {"name":"Home","latitude":48.2,"longitude":11.6,"timezone":"Europe/Berlin"}."""));
        }
    }

    private static (WeatherPlace? Place, Problem? Problem) Read(JsonElement body, string id)
    {
        var name = body.TryGetProperty("name", out var text) ? text.GetString() : null;
        var country = body.TryGetProperty("country", out var land) ? land.GetString() : null;
        var zone = body.TryGetProperty("timezone", out var named) ? named.GetString() : null;
        if (name is null || !WeatherPlace.IsShownName(name)
            || (country is not null && !WeatherPlace.IsShownName(country)))
        {
            return (null, WeatherProblems.Unusable(
                "'name' has 1 to 100 characters, none of them a control character; so has 'country'."));
        }

        if (Degrees(body, "latitude", 90) is not { } latitude || Degrees(body, "longitude", 180) is not { } longitude)
        {
            return (null, WeatherProblems.Unusable(
                "'latitude' is a number from -90 to 90, 'longitude' one from -180 to 180."));
        }

        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return (null, WeatherProblems.Unusable(
                $"'{WeatherProblems.Shorten(zone)}' is no time zone such as Europe/Berlin."));
        }

        return (new WeatherPlace(id, name, latitude, longitude, zone ?? Gazetteer.ZoneNear(latitude, longitude))
        {
            Country = country,
            IsSaved = true,
        }, null);
    }

    private static decimal? Degrees(JsonElement body, string name, int most) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number
        && value.TryGetDecimal(out var degrees) && Math.Abs(degrees) <= most
            ? degrees
            : null;

    private static void Write(Utf8JsonWriter json, WeatherPlace place)
    {
        json.WriteStartObject();
        json.WriteString("id", place.Id);
        WeatherJson.WritePlaceMembers(json, place);
        json.WriteBoolean("saved", place.IsSaved);
        json.WriteEndObject();
    }
}
