using System.Globalization;
using System.Text.Json;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>The last lines of the lobby of a chat in another process.</summary>
internal sealed class RemoteChat(ServiceCalls calls, TimeProvider time) : IBoardChat
{
    private const string Lobby = "/chat/rooms/lobby/messages?limit=5";

    private readonly LastKnown<IReadOnlyList<BoardLine>> _lines = new(
        async cancellation =>
        {
            using var answer = await calls.GetAsync("chat", Lobby, cancellation);
            return [.. answer.RootElement.GetProperty("messages").EnumerateArray().Select(Line)];
        },
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), time);

    public ValueTask<IReadOnlyList<BoardLine>?> ReadAsync() => _lines.ReadAsync();

    private static BoardLine Line(JsonElement message) => new(
        message.GetProperty("seq").GetInt64(),
        DateTimeOffset.Parse(
            message.GetProperty("at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        message.GetProperty("from").GetProperty("name").GetString()!,
        message.GetProperty("text").GetString()!);
}
