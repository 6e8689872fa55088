using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>
/// What was decided about rooms and devices, as the stream <c>noise</c>: the newest event about each counts. A snapshot
/// now and then keeps it short.
/// </summary>
internal sealed class NoiseStore(IEventStore store)
{
    private const string Stream = "noise";
    private const string RoomChanged = "room";
    private const string RoomRemoved = "room-deleted";
    private const string DeviceChanged = "device";
    private const string DeviceRemoved = "device-deleted";
    private const int Page = 1000;
    private const int SnapshotAfter = 2000;

    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<Kept> LoadAsync()
    {
        var snapshot = await store.ReadSnapshotAsync(Stream);
        var kept = snapshot is null ? new Kept([], [])
            : JsonSerializer.Deserialize<Kept>(snapshot.State.Span, NoiseRoomConfig.Json)!;
        var (last, read) = (snapshot?.Seq ?? 0, 0);
        while (true)
        {
            var page = await store.ReadAsync(Stream, new StreamCursor(null, last), Page);
            foreach (var change in page.Events)
            {
                Fold(kept, change);
                (last, read) = (change.Seq, read + 1);
            }

            if (page.Events.Count == 0)
            {
                break;
            }
        }

        if (read > SnapshotAfter)
        {
            await store.SnapshotAsync(Stream, last, JsonSerializer.SerializeToUtf8Bytes(kept, NoiseRoomConfig.Json));
            await store.RetainAsync(Stream, 0, null);
        }

        return kept;
    }

    public Task SaveAsync(NoiseRoomConfig room) => AppendAsync(RoomChanged, room);

    public Task SaveAsync(NoiseDeviceConfig device) => AppendAsync(DeviceChanged, device);

    /// <summary>The room, and with it its devices.</summary>
    public Task RemoveAsync(NoiseRoomConfig room) => AppendAsync(RoomRemoved, room);

    public Task RemoveAsync(NoiseDeviceConfig device) => AppendAsync(DeviceRemoved, device);

    private Task AppendAsync<T>(string type, T data) => store.AppendAsync(
        Stream, [new NewEvent(type, JsonSerializer.SerializeToUtf8Bytes(data, NoiseRoomConfig.Json))]);

    private static void Fold(Kept kept, StreamEvent change)
    {
        switch (change.Type)
        {
            case RoomChanged or RoomRemoved:
                var room = JsonSerializer.Deserialize<NoiseRoomConfig>(change.Data.Span, NoiseRoomConfig.Json)!;
                kept.Rooms.RemoveAll(r => r.Id == room.Id);
                if (change.Type == RoomChanged)
                {
                    kept.Rooms.Add(room);
                }
                else
                {
                    kept.Devices.RemoveAll(d => d.RoomId == room.Id);
                }

                break;
            case DeviceChanged or DeviceRemoved:
                var device = JsonSerializer.Deserialize<NoiseDeviceConfig>(change.Data.Span, NoiseRoomConfig.Json)!;
                kept.Devices.RemoveAll(d => d.RoomId == device.RoomId && d.Id == device.Id);
                if (change.Type == DeviceChanged)
                {
                    kept.Devices.Add(device);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Everything that counts.</summary>
    internal sealed record Kept(List<NoiseRoomConfig> Rooms, List<NoiseDeviceConfig> Devices);
}
