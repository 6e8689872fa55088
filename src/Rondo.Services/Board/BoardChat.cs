using System.Text.Json;
using Rondo.Services.Chat;
using Rondo.Services.Streams;

namespace Rondo.Services.Board;

/// <summary>The last lines of the lobby, read again only after something has happened there.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class BoardChat(ChatLoop loop, RoomDirectory rooms) : IBoardChat
{
    private const int Lines = 5;

    // Who reads on behalf of everybody: nobody whom a room could have shut out.
    private static readonly Caller Reader = new("board", null, ChatRole.Guest, "board");

    private StreamHead? _head;
    private IReadOnlyList<BoardLine> _lines = [];

    /// <summary>Oldest first; null when the lobby cannot be read at present.</summary>
    public async ValueTask<IReadOnlyList<BoardLine>?> ReadAsync()
    {
        try
        {
            var read = await loop.AskAsync(async () =>
            {
                var lobby = await rooms.FindAsync(RoomDirectory.Lobby);
                var head = lobby!.Head;
                return head == _head
                    ? null
                    : new Read(head, await lobby.ReadAsync(Reader, new HistoryWanted(HistorySide.Before, null, Lines)));
            });
            if (read is not null)
            {
                (_head, _lines) = (read.Head, [.. read.Page.Messages.Select(Line)]);
            }

            return _lines;
        }
        catch (EventStoreException)
        {
            return null;
        }
    }

    private static BoardLine Line(ShownMessage message)
    {
        using var data = JsonDocument.Parse(message.Sent.Data);
        return new BoardLine(
            message.Sent.Seq,
            message.Sent.At,
            data.RootElement.GetProperty("from").GetProperty("name").GetString()!,
            ChatJson.TextOf(message.Edited ?? message.Sent));
    }

    private sealed record Read(StreamHead Head, MessagePage Page);
}
