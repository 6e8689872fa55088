using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Board;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

public sealed partial class BoardPageTests
{
    private const string Html = "Accept: text/html";

    private static readonly DateTimeOffset Now = TestServer.Friday;

    private static BoardRoom Lobby { get; } = new("lobby", "Lobby", BoardRoomState.Ok)
    {
        Level = 52.4,
        At = Now.AddSeconds(-1),
        Quality = ["uncalibrated"],
        Devices = 2,
        Goal = 55,
        Loud = 70,
    };

    [Fact]
    public async Task Rooms_EachState_IsToldByWordsAndForm()
    {
        var rooms = new TestRooms
        {
            All =
            [
                Lobby,
                new("a", "Above", BoardRoomState.Goal) { Level = 47, At = Now.AddSeconds(-20), Goal = 45, Loud = 60 },
                new("l", "Loud", BoardRoomState.Loud) { Level = 90.5, At = Now, Quality = ["clipped", "simulated"], Loud = 85 },
                new("s", "Silent", BoardRoomState.Silent) { At = Now.AddMinutes(-12) },
                new("n", "Never", BoardRoomState.Silent),
            ],
        };
        await using var server = await rooms.ServeAsync(new ManualTime(Now));

        var text = Plain((await server.GetAsync("/", Html)).Body);

        Assert.Contains("Lobby 52 dB(A) fine now uncalibrated, ±10 dB 2 devices", text);
        Assert.Contains("Above 47 dB(A) above goal 45 20 s ago calibrated", text);
        Assert.Contains("Loud 91 dB(A) too loud, limit 85 now clipped, simulated", text);
        Assert.Contains("Silent – dB(A) no signal 12 min ago", text);
        Assert.Contains("Never – dB(A) no signal never measured", text);
        Assert.Contains("Loud is too loud.", text);
    }

    [Fact]
    public async Task Page_AnyForm_HasNothingInlineAndNothingFromElsewhere()
    {
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(new ManualTime(Now));
        foreach (var path in new[] { "/", "/?kiosk", "/?refresh", "/noise", "/?lang=de" })
        {
            var (response, body) = await server.GetAsync(path, Html, "Host: board.example:8443");

            Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
            Assert.DoesNotMatch("""<script(?! type="module" src="/assets/)|<style|style="|\son\w+=""", body);
            Assert.DoesNotMatch("(src|href)=\"(https?:)?//", body);
        }
    }

    [Fact]
    public async Task Names_WithMarkup_StayText()
    {
        const string hostile = "<img src=x onerror=alert(1)>\"'&";
        var rooms = new TestRooms
        {
            All = [Lobby with { Name = hostile, Quality = [hostile] }],
            Minutes = [new(Now.AddMinutes(-3), 50)],
        };
        await using var server = await rooms.ServeAsync(new ManualTime(Now));
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", JsonContent.Create(new { text = hostile, name = "<b>" }));

        foreach (var path in new[] { "/", "/?kiosk", "/noise" })
        {
            Assert.DoesNotContain("<img src=x", (await server.GetAsync(path, Html)).Body);
        }

        Assert.Contains("<bdi>&lt;b&gt;</bdi>", (await server.GetAsync("/", Html)).Body);
    }

    [Theory]
    [InlineData("/", "Accept-Language: de-CH, en;q=0.3", "de", "in Ordnung jetzt unkalibriert")]
    [InlineData("/", "Accept-Language: fr", "en", "fine now uncalibrated")]
    [InlineData("/?lang=de", "Accept-Language: en", "de", "Noch hat niemand etwas gesagt.")]
    [InlineData("/noise", "Accept-Language: de", "de", "Wie laut die Räume sind")]
    public async Task Language_ByAddressOrReader_IsThatOfThePage(string path, string reader, string tag, string words)
    {
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(new ManualTime(Now));

        var (response, body) = await server.GetAsync(path, Html, reader);

        Assert.Contains($"<html lang=\"{tag}\">", body);
        Assert.Contains(words, Plain(body));
        Assert.Contains("Accept-Language", response.Headers.Vary);
    }

    [Fact]
    public async Task Kiosk_HasNothingToPressAndRefreshesItselfWithoutScripts()
    {
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(new ManualTime(Now));

        var (_, body) = await server.GetAsync("/?kiosk", Html);

        Assert.DoesNotContain("<a ", body);
        Assert.DoesNotContain("<button", body);
        Assert.DoesNotContain("<nav", body);
        Assert.Contains("<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>", body);
        Assert.Contains("data-kiosk", body);
    }

    [Theory]
    [InlineData("127.0.0.1:8080", false)]
    [InlineData("localhost:8080", false)]
    [InlineData("[::1]:8080", false)]
    [InlineData("hall.example:8080", true)]
    [InlineData("192.168.1.7:8080", true)]
    public async Task PhoneTile_OnlyAnAddressThatAPhoneReaches_HasACode(string host, bool hasCode)
    {
        await using var server = await new TestRooms().ServeAsync(new ManualTime(Now));

        var (_, body) = await server.GetAsync("/", Html, "Host: " + host);

        Assert.Equal(hasCode, body.Contains("class=\"qr\"", StringComparison.Ordinal));
        Assert.Equal(hasCode, body.Contains($"http://{host}/</b>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_OneNotAnswering_IsAmberWithItsAge()
    {
        var time = new ManualTime(Now);
        await using var server = await new TestRooms().ServeAsync(time);
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        await calls.RegisterAsync("printer", "p1", ",\"status\":\"critical\"");
        time.Advance(TimeSpan.FromMinutes(3));
        var (_, body) = await server.GetAsync("/", Html);

        Assert.Contains("1 of 7 not fully up", Plain(body));
        Assert.Matches("<li class=\"is-goal\"><svg[^§]*?<b>printer</b>\\s*<span>down", body);
    }

    [Fact]
    public async Task Text_ForTerminals_SaysTheSame()
    {
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(new ManualTime(Now));
        await server.SendAsync(
            "POST", "/chat/rooms/lobby/messages", JsonContent.Create(new { text = "one\ntwo", name = "Ada" }));

        var (response, body) = await server.GetAsync("/board");

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("  Lobby              52.4 dB(A)  fine; now, uncalibrated, ±10 dB\n", body);
        Assert.Contains("  Ada: one two (now)\n", body);
        Assert.Contains("  Munich, fixture, invented, for trying out, now\n", body);
    }

    [Fact]
    public async Task Json_ForPrograms_HasEveryValueWithAgeAndQuality()
    {
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(new ManualTime(Now));

        var board = JsonNode.Parse((await server.GetAsync("/board", "Accept: application/json")).Body)!;

        var room = board["rooms"]![0]!;
        Assert.Equal(52.4, room["laeq"]!.GetValue<double>());
        Assert.Equal(1.0, room["age"]!.GetValue<double>());
        Assert.Equal("uncalibrated", room["quality"]![0]!.GetValue<string>());
        Assert.Equal("fixture", board["weather"]!["quality"]!.GetValue<string>());
        Assert.Equal("stale", board["rates"]!["quality"]!.GetValue<string>());
        Assert.Contains(board["services"]!.AsArray(), s => s!["name"]!.GetValue<string>() == "chat");
    }

    [Fact]
    public async Task Noise_OfADay_HasTheFiguresAndACurve()
    {
        var rooms = new TestRooms
        {
            All = [Lobby],
            Day = new BoardDay([new(Now.AddHours(-3), 50), new(Now.AddHours(-2), 72)], 87.4)
            {
                Mean = 51.2,
                Max = 78.3,
                L10 = 56.1,
                L50 = 47.7,
                L90 = 40.2,
            },
        };
        await using var server = await rooms.ServeAsync(new ManualTime(Now));

        var text = Plain((await server.GetAsync("/noise")).Body);

        Assert.Contains("Lobby 52.4 fine 51.2 56.1 47.7 40.2 78.3 87 %", text);
        Assert.Contains("Between 50 and 72 dB(A) in 2 minutes", text);
    }

    private static string Plain(string page) =>
        Spaces().Replace(System.Net.WebUtility.HtmlDecode(Tags().Replace(page, " ")), " ");

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
