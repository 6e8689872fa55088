using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather.Http;

/// <summary>Replays docs/services/weather.md and compares its lists with the code.</summary>
public sealed partial class WeatherDocumentTests
{
    private const string Station = """
        {"places":[{"name":"Munich","latitude":48.1371,"longitude":11.5754,"observed_at":"2026-11-20T17:30:00Z",
         "now":{"temperature":7.5},"days":[{"date":"2026-11-20","min":2,"max":9},{"date":"2026-11-21","min":1,"max":6.5}]}]}
        """;

    private static readonly ServiceDocument Document = new("weather");

    [Fact]
    public async Task Examples_Replayed_GiveTheAnswersShown()
    {
        await using var server = await WeatherServer.FixtureAsync();
        var key = server.CreateAdminKey();
        var examples = Document.Examples.ToList();
        foreach (var example in examples)
        {
            var (response, body) = await server.SendAsync(
                example.Method, example.Path, null, [.. example.Headers.Select(h => h.Replace("KEY", key))]);

            Assert.Equal(
                $"{example.Path} {example.Status} {example.ContentType}",
                $"{example.Path} {(int)response.StatusCode} {response.Content.Headers.ContentType}");
            var headers = response.Headers.Concat(response.Content.Headers)
                .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
            Assert.All(example.AnswerHeaders, header => Assert.Contains(header, headers));
            var isSame = example.Body.StartsWith('{')
                ? JsonNode.DeepEquals(JsonNode.Parse(example.Body), JsonNode.Parse(body))
                : example.Body == body.TrimEnd('\n');
            Assert.True(isSame, $"{example.Path} expected {example.Body}\nAnswer {body}");
        }

        Assert.True(examples.Count >= 9);
    }

    [Fact]
    public async Task BadInput_EveryRowOfTheTable_IsAnsweredAsWritten()
    {
        using var folder = new TestFolder();
        await using var server = await WeatherServer.FileAsync(Station, folder);
        var key = server.CreateAdminKey();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad input"))
        {
            var line = Repeated().Replace(
                row[0],
                m => string.Concat(Enumerable.Repeat(m.Groups[1].Value, int.Parse(m.Groups[2].Value, null))));
            var answer = await RawHttp.SendAsync(
                server.Address,
                $"{line} HTTP/1.1\r\nHost: rondo\r\nX-API-Key: {key}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if ($"{answer.Status} {ProblemOf(answer)}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Days_EveryRowOfTheTable_BeginAndEndAtTheMidnightOfThePlace()
    {
        var wrong = new List<string>();
        foreach (var row in Document.Table("Days"))
        {
            await using var rig = await WeatherRig.StartAsync(WeatherRig.At(row[1]));
            var place = Gazetteer.Resolve(row[0]).Place!;
            var now = rig.Time.GetUtcNow();
            var dayBefore = place.Today(now).AddDays(-1).ToString("O", CultureInfo.InvariantCulture);
            rig.Respond(context => WeatherRig.IsForNow(context)
                ? WeatherRig.HangAsync(context)
                : WeatherRig.TextAsync(context, At(place, TestWeather.Days(dayBefore, 1, 2, 3))));
            var asking = rig.GetAsync(place: place);
            await WeatherRig.UntilAsync(() => rig.Asked == 2 && rig.Status("open-meteo").LastSuccess is not null);
            rig.Time.Advance(TimeSpan.FromSeconds(1.5));
            using var json = JsonDocument.Parse(new WeatherStyle().Write(await asking, now));
            var today = json.RootElement.GetProperty("today");
            var hours = (place.NextMidnight(now) - place.NextMidnight(now.AddHours(-25))).TotalHours;
            var seen = $"{today.GetProperty("date")} {hours} {Clock(today, "sunrise")} {Clock(today, "sunset")}";
            if (seen != string.Join(' ', row[2..]))
            {
                wrong.Add($"{row[0]}: {seen}");
            }

            Assert.Equal((2, 3), (Highest(json, "today"), Highest(json, "tomorrow")));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        static int Highest(JsonDocument json, string day) =>
            json.RootElement.GetProperty(day).GetProperty("temperature").GetProperty("max").GetInt32();
        static string Clock(JsonElement day, string name) => day.GetProperty(name).GetString()?[11..16] ?? "-";
        static string At(WeatherPlace place, string document) => document
            .Replace("Europe/Berlin", place.ZoneName)
            .Replace("48.14", place.Latitude.ToString(CultureInfo.InvariantCulture))
            .Replace("11.58", place.Longitude.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Configuration_Table_NamesEverySetting() => Assert.Equal(
        typeof(WeatherOptions).GetProperties().Select(p => $"Weather:{p.Name}").Order(),
        Document.Table("Configuration").Select(r => r[0]).Order());

    [Fact]
    public void Letters_OfTheTable_AreThoseOfTheCode()
    {
        var listed = Document.Table("Forms").SelectMany(r => r).SelectMany(c => Letter().Matches(c))
            .Select(m => m.Groups[1].Value[0]).ToHashSet();

        Assert.Equal("cCxihtfwlmMpoPueDSzsdTZHL".Order(), listed.Order());
    }

    private static string ProblemOf(RawAnswer answer)
    {
        if (answer.Status < 400 || answer.Body.Length == 0)
        {
            return answer.Status < 400 ? "-" : "none";
        }

        using var problem = JsonDocument.Parse(answer.Body);
        return problem.RootElement.GetProperty("type").GetString()!.Replace("/problems/", "");
    }

    [GeneratedRegex(@"\{([^{}*]+)\*(\d+)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex("%([A-Za-z])")]
    private static partial Regex Letter();
}
