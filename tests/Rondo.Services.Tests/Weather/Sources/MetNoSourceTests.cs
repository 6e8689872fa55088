using Microsoft.Net.Http.Headers;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Sources;

public sealed class MetNoSourceTests
{
    [Fact]
    public async Task Days_OfAPlace_AreCutAtItsMidnightAndOnlyWholeOnesCount()
    {
        // From 19:00 in Munich on for 54 hours: the rest of the 20th, the 21st and the 22nd, and an hour of the 23rd.
        await using var rig = await StartAsync(TestWeather.MetNo(TestWeather.Now, 54));

        var view = await rig.GetAsync(7);

        Assert.Equal((0m, 4m), (view.Day(0)!.Min, view.Day(0)!.Max));
        Assert.Equal((0m, 23m, 2.4m), (view.Day(1)!.Min, view.Day(1)!.Max, view.Day(1)!.Precipitation));
        Assert.NotNull(view.Day(2));
        Assert.Null(view.Day(3));
        Assert.Equal((0m, 18m, 61), (view.Now!.Temperature, view.Now.WindSpeed, view.Now.Code));
        Assert.Equal("met.no", view.Source);
    }

    [Fact]
    public async Task Days_WithMissingHours_AreLeftOut()
    {
        var document = TestWeather.MetNo(TestWeather.Now, 54);
        for (var hour = 2; hour < 12; hour++)
        {
            document = document.Replace($"2026-11-21T{hour:00}:", $"2026-12-21T{hour:00}:");
        }

        await using var rig = await StartAsync(document);

        var view = await rig.GetAsync(3);

        Assert.Null(view.Day(1));
        Assert.NotNull(view.Day(2));
        Assert.Equal(["tomorrow"], view.Missing(3));
    }

    [Theory]
    [InlineData("\"celsius\"", "\"fahrenheit\"", "fahrenheit")]
    [InlineData("\"m/s\"", "\"knots\"", "knots")]
    [InlineData("11.5754,48.1371", "13.4,52.5", "km from the place")]
    [InlineData("11.5754,48.1371,524", "", "does not say which place")]
    [InlineData("\"air_temperature\":3,", "", "air_temperature")]
    [InlineData("\"air_temperature\":3,", "\"air_temperature\":1e9,", "no temperature")]
    [InlineData("2026-11-20T19:00:00Z", "2026-11-20T18:00:00Z", "twice")]
    public async Task Document_ThatLies_IsNotShown(string good, string lie, string reason)
    {
        await using var rig = await StartAsync(TestWeather.MetNo(TestWeather.Now, 54).Replace(good, lie));

        Assert.True((await rig.GetAsync()).IsEmpty);
        Assert.Contains(reason, rig.Status("met.no").LastError);
    }

    [Fact]
    public async Task Calls_SayWhoAsksHaveFourDecimalsAndKeepToExpires()
    {
        await using var rig = await WeatherRig.StartAsync(
            null, ("MetNoContact", "me@example.org"), ("Place", "48.137154,11.575490"), ("FreshFor", "00:05:00"));
        rig.Respond(context =>
        {
            if (!WeatherRig.IsMetNo(context))
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            }

            context.Response.Headers.Expires = "Fri, 20 Nov 2026 18:30:00 GMT";
            context.Response.Headers.LastModified = "Fri, 20 Nov 2026 17:00:00 GMT";
            return WeatherRig.TextAsync(context, TestWeather.MetNo(TestWeather.Now, 54));
        });

        await rig.GetAsync();
        var first = await MetNoRequestAsync(rig);
        rig.Time.Advance(TimeSpan.FromMinutes(20));
        await rig.RefreshedAsync();
        Assert.Equal(1, rig.Status("met.no").Used);
        rig.Time.Advance(TimeSpan.FromMinutes(20));
        await rig.RefreshedAsync();
        var second = await MetNoRequestAsync(rig);

        Assert.Equal("?lat=48.1372&lon=11.5755", first.Query);
        Assert.Matches(@"^Rondo/[\w.-]+ me@example\.org$", first.Headers.Headers[HeaderNames.UserAgent].ToString());
        Assert.Null(first.Headers.IfModifiedSince);
        Assert.Equal(WeatherRig.At("2026-11-20T17:00:00Z"), second.Headers.IfModifiedSince);
        Assert.Equal(2, rig.Status("met.no").Used);
    }

    [Fact]
    public async Task Calls_ExpiresInTheNextCentury_AreMadeAgainAllTheSame()
    {
        await using var rig = await WeatherRig.StartAsync(null, ("MetNoContact", "me@example.org"));
        rig.Respond(context =>
        {
            context.Response.StatusCode = WeatherRig.IsMetNo(context) ? 200 : 500;
            context.Response.Headers.Expires = "Wed, 20 Nov 2126 18:30:00 GMT";
            return WeatherRig.IsMetNo(context)
                ? WeatherRig.TextAsync(context, TestWeather.MetNo(TestWeather.Now, 54))
                : Task.CompletedTask;
        });
        await rig.GetAsync();

        rig.Time.Advance(TimeSpan.FromHours(1.9));
        await rig.RefreshedAsync();
        Assert.Equal(1, rig.Status("met.no").Used);
        rig.Time.Advance(TimeSpan.FromHours(0.2));
        await rig.RefreshedAsync();

        Assert.Equal(2, rig.Status("met.no").Used);
    }

    [Fact]
    public async Task Calls_WithoutAContact_AreNotMade()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Respond(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });

        Assert.True((await rig.GetAsync()).IsEmpty);
        Assert.Equal(0, rig.Status("met.no").Used);
    }

    private static async Task<WeatherRig> StartAsync(string document)
    {
        var rig = await WeatherRig.StartAsync(null, ("MetNoContact", "me@example.org"));
        rig.Respond(context =>
        {
            if (WeatherRig.IsMetNo(context))
            {
                return WeatherRig.TextAsync(context, document);
            }

            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        return rig;
    }

    private static async Task<FakeUpstream.SeenRequest> MetNoRequestAsync(WeatherRig rig)
    {
        while (true)
        {
            if (await rig.Upstream.RequestAsync() is { Path: "/compact" } request)
            {
                return request;
            }
        }
    }
}
