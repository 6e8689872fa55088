using Rondo.Services.Chat;

namespace Rondo.Services.Tests.Chat;

public sealed class MessageIdTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 18, 0, 0, 123, TimeSpan.Zero);

    [Theory]
    [InlineData("lobby", 1)]
    [InlineData("kitchen", 281_474_976_710_655)]
    public void TryParse_OfAnId_LeadsBackToTheMessage(string room, long number)
    {
        var id = MessageId.Of(room, number, At);

        Assert.Matches("^[0-7][0-9A-HJKMNP-TV-Z]{25}$", id);
        Assert.True(MessageId.TryParse(room, id, out var seq, out var at));
        Assert.Equal((number, At), (seq, at));
    }

    [Fact]
    public void Of_LaterMessages_SortBehind()
    {
        string[] ids = [MessageId.Of("a", 1, At), MessageId.Of("a", 2, At), MessageId.Of("a", 1, At.AddMilliseconds(1))];

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3b8c3a1e-0000-4000-8000-000000000000")]
    [InlineData("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("01M7ZV8FNY9DEW0XGU00000003")]
    [InlineData("01M7ZV8FNY9DEW0XG00000000３")]
    public void TryParse_OfSomethingElse_IsFalse(string text) =>
        Assert.False(MessageId.TryParse("lobby", text, out _, out _));

    [Fact]
    public void TryParse_OfAnotherRoomsId_IsFalse() =>
        Assert.False(MessageId.TryParse("lobby", MessageId.Of("kitchen", 1, At), out _, out _));
}
