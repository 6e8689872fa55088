using System.Net;
using Rondo.Services.Board;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

public sealed class BoardStreamTests
{
    private const string Path = "/board/stream?lang=en";

    private static BoardRoom Lobby { get; } = new("lobby", "Lobby", BoardRoomState.Ok) { Level = 40, At = TestServer.Friday };

    [Fact]
    public async Task Stream_ALevelChanges_SendsThatPieceAlone()
    {
        var (time, rooms) = (new ManualTime(TestServer.Friday), new TestRooms { All = [Lobby] });
        await using var server = await rooms.ServeAsync(time);
        await using var events = await EventReader.OpenAsync(server, Path);
        var first = await events.NextAsync();
        Assert.Contains("room/lobby/hour", Names(first));
        Assert.Contains("weather", Names(first));

        rooms.All = [Lobby with { Level = 61 }];
        var second = await NextAsync(server, events, time);

        Assert.Equal(["room/lobby/now"], Names(second));
        Assert.Contains("<b>61</b>", second.Data["pieces"]!["room/lobby/now"]!.GetValue<string>());
    }

    [Fact]
    public async Task Stream_ManyChangesInOneInterval_AreOneUpdateWithTheLast()
    {
        var (time, rooms) = (new ManualTime(TestServer.Friday), new TestRooms { All = [Lobby] });
        await using var server = await rooms.ServeAsync(time);
        await using var events = await EventReader.OpenAsync(server, Path);
        var first = await events.NextAsync();
        for (var level = 41; level <= 70; level++)
        {
            rooms.All = [Lobby with { Level = level }];
        }

        var next = await NextAsync(server, events, time);

        Assert.Contains("<b>70</b>", next.Data["pieces"]!["room/lobby/now"]!.GetValue<string>());
        Assert.True(Moment(next) - Moment(first) >= BoardFeed.Interval);
    }

    [Fact]
    public async Task Stream_ResumedAfterACut_SendsWhatChangedSince()
    {
        var (time, rooms) = (new ManualTime(TestServer.Friday), new TestRooms { All = [Lobby] });
        await using var server = await rooms.ServeAsync(time);
        string seen;
        await using (var events = await EventReader.OpenAsync(server, Path))
        {
            seen = (await events.NextAsync()).Id;
        }

        rooms.All = [Lobby with { Level = 62 }];
        time.Advance(TimeSpan.FromSeconds(1));
        await using var resumed = await EventReader.OpenAsync(server, Path, seen);
        var missed = await resumed.NextAsync();

        Assert.Equal(["room/lobby/now"], Names(missed));
        await using var other = await EventReader.OpenAsync(server, Path, "abc123-7");
        Assert.Contains("weather", Names(await other.NextAsync()));
    }

    [Fact]
    public async Task Stream_NothingChanges_StillTellsThatItIsThere()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(time);
        await using var events = await EventReader.OpenAsync(server, Path);
        await events.NextAsync();

        var next = await NextAsync(server, events, time, 5.5);

        Assert.Empty(Names(next));
    }

    [Fact]
    public async Task Stream_AnotherRoom_IsAnotherLayout()
    {
        var (time, rooms) = (new ManualTime(TestServer.Friday), new TestRooms { All = [Lobby] });
        await using var server = await rooms.ServeAsync(time);
        await using var events = await EventReader.OpenAsync(server, Path);
        var first = await events.NextAsync();

        rooms.All = [Lobby, new BoardRoom("b", "B", BoardRoomState.Silent)];
        var next = await NextAsync(server, events, time);

        Assert.NotEqual(first.Data["layout"]!.ToString(), next.Data["layout"]!.ToString());
        Assert.Contains($"data-layout=\"{next.Data["layout"]}\"", (await server.GetAsync("/?lang=en", "Accept: text/html")).Body);
    }

    [Fact]
    public async Task Feed_NobodyWatches_HasNoTimer()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await new TestRooms { All = [Lobby] }.ServeAsync(time);
        var feed = server.Services.GetRequiredService<BoardFeed>();
        Assert.Equal(0, feed.Watchers);

        var one = feed.Watch(2)!;
        using var other = feed.Watch(2)!;

        Assert.Null(feed.Watch(2));
        one.Dispose();
        one.Dispose();
        Assert.Equal(1, feed.Watchers);
    }

    [Theory]
    [InlineData("/board/stream?after=nonsense")]
    [InlineData("/board/stream?after=-5")]
    [InlineData("/board/stream?after=abc-")]
    [InlineData("/board/stream?after=abc--1")]
    [InlineData("/board/stream?lang=fr")]
    public async Task Stream_WhatIsNoCursorOrLanguage_Is400(string path)
    {
        await using var server = await new TestRooms().ServeAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("/problems/invalid-parameter", body);
    }

    // The board is made anew by who watches it, or here, whoever comes first.
    private static async Task<EventReader.Told> NextAsync(
        TestServer server, EventReader events, ManualTime time, double seconds = 0.6)
    {
        var next = events.NextAsync();
        time.Advance(TimeSpan.FromSeconds(seconds));
        await server.Services.GetRequiredService<BoardFeed>().RefreshAsync();
        return await next;
    }

    private static DateTimeOffset Moment(EventReader.Told told) =>
        DateTimeOffset.Parse(told.Data["at"]!.GetValue<string>(), null);

    private static IEnumerable<string> Names(EventReader.Told told) =>
        told.Data["pieces"]!.AsObject().Select(p => p.Key).Where(n => n is not ("date" or "alarm"));
}
