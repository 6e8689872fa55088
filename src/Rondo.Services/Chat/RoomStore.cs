using System.Text;
using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>
/// What was decided about rooms, as the stream <c>chat</c>: a room's newest event counts. A snapshot now and then keeps
/// it short.
/// </summary>
internal sealed class RoomStore(IEventStore store)
{
    private const string Stream = "chat";
    private const string Changed = "room";
    private const string Removed = "room-deleted";
    private const int Page = 1000;
    private const int SnapshotAfter = 2000;

    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<Dictionary<string, RoomConfig>> LoadAsync()
    {
        var snapshot = await store.ReadSnapshotAsync(Stream);
        var rooms = snapshot is null ? []
            : JsonSerializer.Deserialize<List<RoomConfig>>(snapshot.State.Span, RoomConfig.Json)!
                .ToDictionary(r => r.Name);
        var (last, read) = (snapshot?.Seq ?? 0, 0);
        while (true)
        {
            var page = await store.ReadAsync(Stream, new StreamCursor(null, last), Page);
            foreach (var change in page.Events)
            {
                Fold(rooms, change);
                (last, read) = (change.Seq, read + 1);
            }

            if (page.Events.Count == 0)
            {
                break;
            }
        }

        if (read > SnapshotAfter)
        {
            await store.SnapshotAsync(Stream, last, JsonSerializer.SerializeToUtf8Bytes(rooms.Values, RoomConfig.Json));
            await store.RetainAsync(Stream, 0, null);
        }

        return rooms;
    }

    public Task SaveAsync(RoomConfig room) => store.AppendAsync(
        Stream, [new NewEvent(Changed, JsonSerializer.SerializeToUtf8Bytes(room, RoomConfig.Json))]);

    public Task RemoveAsync(string name) => store.AppendAsync(
        Stream, [new NewEvent(Removed, Encoding.UTF8.GetBytes($$"""{"name":"{{name}}"}"""))]);

    private static void Fold(Dictionary<string, RoomConfig> rooms, StreamEvent change)
    {
        if (change.Type == Changed)
        {
            var room = JsonSerializer.Deserialize<RoomConfig>(change.Data.Span, RoomConfig.Json)!;
            rooms[room.Name] = room;
        }
        else if (change.Type == Removed)
        {
            using var data = JsonDocument.Parse(change.Data);
            rooms.Remove(data.RootElement.GetProperty("name").GetString()!);
        }
    }
}
