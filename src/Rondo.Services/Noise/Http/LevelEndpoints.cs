using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>The levels of a room over time, as JSON or CSV.</summary>
internal sealed class LevelEndpoints(LevelHistory history, TimeProvider time)
{
    private const string CsvHead = "time,leq,lmax,l10,l50,l90,coverage,samples,devices,quality\n";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/noise/rooms/{room}/levels", GetAsync).WithMetadata(AnyOrigin.Instance);

    private async Task GetAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        var parameters = new LevelParameters(context, now);
        context.Response.Headers.Vary = "Accept";
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var room = NoiseRequests.RoomOf(context);
        try
        {
            var buckets = await history.ReadAsync(
                room, parameters.From, parameters.To, parameters.Step, context.RequestAborted);
            if (buckets is null)
            {
                await NoiseProblems.Missing(room).WriteAsync(context);
                return;
            }

            context.Response.Headers.CacheControl = "no-store";
            await (parameters.IsCsv
                ? WriteCsvAsync(context, buckets, parameters, now)
                : JsonReply.WriteAsync(context, json => Write(json, room, buckets, parameters, now)));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private static void Write(
        Utf8JsonWriter json,
        string room,
        IReadOnlyList<(DateTimeOffset Start, LevelSummary Levels)> buckets,
        LevelParameters parameters,
        DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("room", room);
        json.WriteString("from", StreamJson.Text(parameters.From));
        json.WriteString("to", StreamJson.Text(parameters.To));
        json.WriteString("step", parameters.StepText);
        json.WriteString("samples_of", "LAeq,1s");
        json.WriteStartArray("buckets");
        foreach (var (start, levels) in buckets)
        {
            json.WriteStartObject();
            json.WriteString("t", StreamJson.Text(start));
            if (levels.Leq is { } leq)
            {
                NoiseJson.Write(json, "leq", leq);
            }
            else
            {
                json.WriteNull("leq");
            }

            NoiseJson.Write(json, "lmax", levels.Lmax);
            NoiseJson.Write(json, "l10", levels.Histogram.Exceeded(10));
            NoiseJson.Write(json, "l50", levels.Histogram.Exceeded(50));
            NoiseJson.Write(json, "l90", levels.Histogram.Exceeded(90));
            json.WriteNumber("coverage", Coverage(start, levels, parameters, now));
            json.WriteNumber("samples", levels.Histogram.Count);
            json.WriteNumber("devices", levels.Devices);
            NoiseJson.WriteFlags(json, "quality", levels.Flags);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task WriteCsvAsync(
        HttpContext context,
        IReadOnlyList<(DateTimeOffset Start, LevelSummary Levels)> buckets,
        LevelParameters parameters,
        DateTimeOffset now)
    {
        var text = new StringBuilder(CsvHead);
        foreach (var (start, levels) in buckets)
        {
            var histogram = levels.Histogram;
            text.Append(CultureInfo.InvariantCulture, $"{StreamJson.Text(start)},{Text(levels.Leq)},");
            text.Append(CultureInfo.InvariantCulture, $"{Text(levels.Lmax)},{Text(histogram.Exceeded(10))},");
            text.Append(
                CultureInfo.InvariantCulture, $"{Text(histogram.Exceeded(50))},{Text(histogram.Exceeded(90))},");
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Coverage(start, levels, parameters, now)},{histogram.Count},{levels.Devices},");
            text.Append(string.Join(' ', levels.Flags.Names())).Append('\n');
        }

        context.Response.ContentType = MediaType.Csv + "; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    // Of the time that there has been: the present minute is not a gap because it is not over.
    private static double Coverage(
        DateTimeOffset start, LevelSummary levels, LevelParameters parameters, DateTimeOffset now)
    {
        var end = start + parameters.Step;
        return Math.Round(levels.Coverage((end < now ? end : now) - start), 1);
    }

    private static string Text(double? level) =>
        level is { } known ? Math.Round(known, 1).ToString("0.0", CultureInfo.InvariantCulture) : "";
}
