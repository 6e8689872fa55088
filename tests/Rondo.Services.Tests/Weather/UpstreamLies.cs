using System.Globalization;
using System.IO.Compression;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather;

/// <summary>
/// What a server may send that is no weather of the place, by the names that docs/services/weather.md gives them. What
/// is wrong has 33.3 degrees in it, what is good beside it 10.1, 11.2 and 12.8.
/// </summary>
internal sealed class UpstreamLies(TimeProvider time)
{
    public const string Mark = "33.3";

    private const int TooMuch = 10 * 1024 * 1024;

    public Dictionary<string, Func<HttpContext, Task>> ByName => new()
    {
        ["NaN for the temperature"] = Present("33.3", "NaN"),
        ["1e9 degrees"] = Present("33.3", "1e9"),
        ["null for the temperature"] = Present("33.3", "null"),
        ["a text for the temperature"] = Present("33.3", "\"33.3\""),
        ["a humidity of 870 %"] = Present(":87,", ":870,"),
        ["degrees Fahrenheit"] = Present("°C", "°F"),
        ["miles per hour"] = Present("km/h", "mph"),
        ["no units"] = Present("current_units", "units"),
        ["a clock that is three hours behind"] = Present(Local(), Local(-3)),
        ["a clock that is three hours ahead"] = Present(Local(), Local(3)),
        ["an offset of a hundred hours"] = Present("3600", "360000"),
        ["another city"] = Present("\"latitude\":48.14,\"longitude\":11.58", "\"latitude\":52.5,\"longitude\":13.4"),
        ["no coordinates"] = Present("\"latitude\":48.14", "\"latitude\":null"),
        ["another time zone"] = Present("Europe/Berlin", "Asia/Tokyo"),
        ["half of a surrogate pair"] = Present("Europe/Berlin", "\\ud800"),
        ["lists of different length"] = Days("_max\":[33.3,33.3]", "_max\":[33.3]"),
        ["a number for a list"] = Days("[3,3]", "3"),
        ["null for the lists of temperatures"] = Days("[33.3,33.3]", "null"),
        ["null for the highest of today"] = Days("[33.3,33.3]", "[null,12.8]", "28.3", "1.5"),
        ["no today"] = Days(Date(), Date(-1), "[33.3,33.3]", "[33.3,12.8]", "28.3", "1.5"),
        ["the days in the wrong order"] = Days(
            $"\"{Date()}\",\"{Date(1)}\"", $"\"{Date(1)}\",\"{Date()}\"", "[33.3,33.3]", "[12.8,11.2]", "28.3", "1.5"),
        ["one date twice"] = Days(Date(1), Date()),
        ["a text that is no date"] = Days(Date(1), "tomorrow"),
        ["a lowest above the highest"] = Days("[28.3,28.3]", "[40,40]"),
        ["1e9 degrees on one day"] = Days("[33.3,33.3]", "[1e9,33.3]"),
        ["the days of last year"] = Days("2026-", "2025-"),
        ["HTML with status 200"] = Text("<html><body>33.3</body></html>"),
        ["nothing with status 200"] = Text(""),
        ["a list"] = Text("[33.3]"),
        ["an error with status 200"] = Text("""{"error":true,"reason":"Daily API request limit exceeded. 33.3"}"""),
        ["a thousand brackets"] = Text(new string('[', 1000) + "33.3"),
        ["a redirect to itself"] = context => Status(context, 301, ("Location", context.Request.Path.Value!)),
        ["status 204"] = context => Status(context, 204),
        ["status 304"] = context => Status(context, 304),
        ["status 400"] = context => Status(context, 400),
        ["status 404"] = context => Status(context, 404),
        ["status 500"] = context => Status(context, 500),
        ["10 MB"] = context => BytesAsync(context, Blanks(), null),
        ["10 MB packed into 10 KB"] = context => BytesAsync(context, Packed(), "gzip"),
        ["a packed body that is not packed"] = context => BytesAsync(context, "33.3"u8.ToArray(), "gzip"),
        ["headers of 64 KB"] = context => Status(context, 200, ("X-Long", new string('x', 64 * 1024))),
        ["a body that ends too early"] = EndsEarlyAsync,
        ["a closed connection"] = Close,
        ["a body that drips for ever"] = DripAsync,
        ["no answer at all"] = WeatherRig.HangAsync,
        ["429 with a day of Retry-After"] = context => Status(context, 429, ("Retry-After", "86400")),
    };

    private string Local(int hours = 0) =>
        (time.GetUtcNow().UtcDateTime.AddHours(1 + hours)).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private string Date(int days = 0) => Local(24 * days)[..10];

    private Func<HttpContext, Task> Present(string good, string lie) => context => WeatherRig.TextAsync(
        context,
        WeatherRig.IsForNow(context)
            ? TestWeather.Current(33.3m, Local()).Replace(good, lie)
            : TestWeather.Days(Date(), 11.2m, 12.8m));

    private Func<HttpContext, Task> Days(params string[] changes) => context => WeatherRig.TextAsync(
        context,
        WeatherRig.IsForNow(context)
            ? TestWeather.Current(10.1m, Local())
            : changes.Chunk(2).Aggregate(
                TestWeather.Days(Date(), 33.3m, 33.3m), (document, change) => document.Replace(change[0], change[1])));

    private static Func<HttpContext, Task> Text(string text) => context => WeatherRig.TextAsync(context, text);

    private static Task Status(HttpContext context, int status, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return Task.CompletedTask;
    }

    private static Task BytesAsync(HttpContext context, byte[] body, string? encoding)
    {
        context.Response.Headers.ContentEncoding = encoding;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static async Task EndsEarlyAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("{\"latitude\":33.3"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static Task Close(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static async Task DripAsync(HttpContext context)
    {
        await context.Response.Body.WriteAsync("{"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await WeatherRig.HangAsync(context);
    }

    private static byte[] Blanks()
    {
        var blanks = new byte[TooMuch];
        Array.Fill(blanks, (byte)' ');
        return blanks;
    }

    private static byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Blanks());
        }

        return packed.ToArray();
    }
}
