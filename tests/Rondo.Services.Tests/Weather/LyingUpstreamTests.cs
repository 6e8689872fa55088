using System.IO.Compression;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather;

/// <summary>What a source sends that is no weather of the place: none of it is shown, and what is wrong is said.</summary>
public sealed class LyingUpstreamTests
{
    private const string Week = "2026-11-20";

    public static TheoryData<string, string, string> Lies { get; } = new()
    {
        { "no JSON", TestWeather.Current().Replace("10.1", "NaN"), "not JSON" },
        { "HTML", "<html><body>Too many requests</body></html>", "not JSON" },
        { "no JSON", "", "not JSON" },
        { "no object", "[1,2]", "no object" },
        { "an error with status 200", """{"error":true,"reason":"Daily API request limit exceeded."}""", "limit exceeded" },
        { "another city", TestWeather.Current(latitude: "52.5", longitude: "13.4"), "km from the place" },
        { "no place", TestWeather.Current(latitude: "null"), "does not say which place" },
        { "another zone", TestWeather.Current(zone: "Asia/Tokyo"), "'Asia/Tokyo'" },
        { "another time", TestWeather.Current(time: "2026-11-19T19:00"), "2026-11-19" },
        { "the future", TestWeather.Current(time: "2026-11-20T23:00"), "2026-11-20 22:00" },
        { "an impossible offset", TestWeather.Current(offset: 360_000), "no time" },
        { "Fahrenheit", TestWeather.Current().Replace("°C", "°F"), "'°F'" },
        { "miles", TestWeather.Current().Replace("km/h", "mph"), "'mph'" },
        { "1e9 degrees", TestWeather.Current().Replace("10.1", "1e9"), "no temperature" },
        { "text for a number", TestWeather.Current().Replace("10.1", "\"10.1\""), "no temperature" },
        { "null", TestWeather.Current().Replace("10.1", "null"), "no temperature" },
        { "humidity of 870 %", TestWeather.Current().Replace(":87,", ":870,"), "no humidity" },
        { "no units", TestWeather.Current().Replace("current_units", "units"), "current_units" },
        { "a broken surrogate", TestWeather.Current(zone: "\\ud800"), "another type" },
    };

    public static TheoryData<string, string, string> LiesAboutDays { get; } = new()
    {
        { "fewer temperatures than dates", TestWeather.Days(Week, 1, 2).Replace("_max\":[1,2]", "_max\":[1]"), "1 values for 2 days" },
        { "a date twice", TestWeather.Days(Week, 1, 2).Replace("11-21", "11-20"), "twice" },
        { "no date", TestWeather.Days(Week, 1, 2).Replace("2026-11-21", "tomorrow"), "no date" },
        { "the lowest above the highest", TestWeather.Days(Week, 1, 2).Replace("[-4,-3]", "[7,7]"), "above the highest" },
        { "Fahrenheit", TestWeather.Days(Week, 1, 2).Replace("°C", "°F"), "'°F'" },
        { "1e9 degrees", TestWeather.Days(Week, 1, 2).Replace("_max\":[1,2]", "_max\":[1e9,2]"), "no temperature" },
        { "a list that is none", TestWeather.Days(Week, 1, 2).Replace("[3,3]", "3"), "another type" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Present_ThatIsNone_IsNotShown(string what, string document, string reason)
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(context => WeatherRig.IsForNow(context)
            ? WeatherRig.TextAsync(context, document) : WeatherRig.Both(0, 11.2m, 12.8m)(context));

        var view = await rig.GetAsync();

        Assert.True(view.Now is null, what);
        Assert.Equal(12.8m, view.Temperature(1));
        Assert.Contains(reason, rig.Status("open-meteo").LastError);
    }

    [Theory]
    [MemberData(nameof(LiesAboutDays))]
    public async Task Days_ThatAreNone_AreNotShown(string what, string document, string reason)
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(context => WeatherRig.IsForNow(context)
            ? WeatherRig.Both(10.1m)(context) : WeatherRig.TextAsync(context, document));

        var view = await rig.GetAsync();

        Assert.True(view.Day(0) is null && view.Day(1) is null, what);
        Assert.Equal(10.1m, view.Temperature(0));
        Assert.Contains(reason, rig.Status("open-meteo").LastError);
    }

    [Fact]
    public async Task Days_NullsAndMissingOnesAndAnyOrder_AreMatchedByDate()
    {
        await using var rig = await WeatherRig.StartAsync();
        var document = TestWeather.Days(Week, 11.2m, 12.8m, 14m)
            .Replace("\"2026-11-20\",\"2026-11-21\",\"2026-11-22\"", "\"2026-11-22\",\"2026-11-19\",\"2026-11-21\"")
            .Replace("[3,3,3]", "[null,3,4]");
        rig.Respond(context => WeatherRig.IsForNow(context)
            ? WeatherRig.Both(10.1m)(context) : WeatherRig.TextAsync(context, document));

        var view = await rig.GetAsync(3);

        Assert.Equal((null, 14m, 11.2m), (view.Day(0), view.Day(1)!.Max, view.Day(2)!.Max));
        Assert.Equal((null, null), (view.Day(1)!.Code, view.Day(2)!.Code));
        Assert.Equal(["today"], view.Missing(3));
    }

    [Theory]
    [InlineData(204, "204")]
    [InlineData(301, "redirect")]
    [InlineData(304, "never")]
    [InlineData(404, "404")]
    [InlineData(500, "500")]
    public async Task Status_OtherThan200_IsNoWeather(int status, string reason)
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = status == 301 ? context.Request.Path.Value : null;
            return Task.CompletedTask;
        });

        Assert.True((await rig.GetAsync()).IsEmpty);
        Assert.Contains(reason, rig.Status("open-meteo").LastError);
        Assert.Equal(2, rig.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_TenMegabytesPlainOrPacked_IsNotReadToItsEnd(bool isPacked)
    {
        await using var rig = await WeatherRig.StartAsync();
        var blanks = new byte[10 * 1024 * 1024];
        Array.Fill(blanks, (byte)' ');
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(blanks, TestContext.Current.CancellationToken);
        }

        rig.Respond(async context =>
        {
            context.Response.Headers.ContentEncoding = isPacked ? "gzip" : null;
            await context.Response.Body.WriteAsync(isPacked ? packed.ToArray() : blanks, context.RequestAborted);
        });

        Assert.True((await rig.GetAsync()).IsEmpty);
        Assert.Contains("more than 1 MB", rig.Status("open-meteo").LastError);
    }

    [Fact]
    public async Task Body_ThatDripsForEver_EndsAtTheDeadline()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(async context =>
        {
            await context.Response.Body.WriteAsync("{"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await WeatherRig.HangAsync(context);
        });

        var waiting = rig.GetAsync();
        await WeatherRig.UntilAsync(() => rig.Open == 2);
        rig.Time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.True((await waiting).IsEmpty);
        Assert.Contains("within 1.5 s", rig.Status("open-meteo").LastError);
        await WeatherRig.UntilAsync(() => rig.Open == 0);
    }
}
