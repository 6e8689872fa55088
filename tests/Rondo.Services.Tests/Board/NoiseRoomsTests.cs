using Rondo.Services.Board;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

/// <summary>The board's rooms against the noise service itself.</summary>
public sealed class NoiseRoomsTests
{
    [Fact]
    public async Task Add_ByName_MakesAnIdThatIsFree()
    {
        await using var server = await TestServer.StartAsync();
        var rooms = server.Services.GetRequiredService<IBoardRooms>();

        foreach (var name in new[] { "Großer Saal, 1. Stock", "Großer Saal 1 Stock", "日本", new string('x', 60) })
        {
            Assert.Null(await rooms.AddAsync(name, "library"));
        }

        Assert.Equal(
            ["grosser-saal-1-stock", "grosser-saal-1-stock-2", "room", new string('x', 36)],
            rooms.Rooms().Select(r => r.Id));
        Assert.All(rooms.Rooms(), r => Assert.Equal((BoardRoomState.Silent, 40, 55), (r.State, r.Goal, r.Loud)));
    }

    [Theory]
    [InlineData("", "library")]
    [InlineData("two\nlines", "library")]
    [InlineData("Hall", "castle")]
    public async Task Add_WhatCannotBe_SaysWhy(string name, string kind)
    {
        await using var server = await TestServer.StartAsync();
        var rooms = server.Services.GetRequiredService<IBoardRooms>();

        Assert.NotNull(await rooms.AddAsync(name, kind));
        Assert.Empty(rooms.Rooms());
    }

    [Fact]
    public async Task Ticket_OfARoom_IsGoodForTenMinutes()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var rooms = server.Services.GetRequiredService<IBoardRooms>();
        await rooms.AddAsync("Hall", "lobby");

        var ticket = await rooms.TicketAsync("hall");

        Assert.Equal(("Hall", time.GetUtcNow().AddMinutes(10)), (ticket!.RoomName, ticket.Expires));
        Assert.StartsWith("/noise/measure/hall#ticket=", ticket.Path);
        Assert.Null(await rooms.TicketAsync("nowhere"));
    }
}
