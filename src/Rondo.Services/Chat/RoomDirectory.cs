using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>All rooms by name. Lives on the chat's loop; a room is opened when somebody asks for it.</summary>
internal sealed class RoomDirectory(RoomParts parts)
{
    /// <summary>The room that is always there, and that the talks' chats are.</summary>
    public const string Lobby = "lobby";

    private readonly Dictionary<string, RoomConfig> _configs = new() { [Lobby] = new RoomConfig { Name = Lobby } };
    private readonly Dictionary<string, Task<Room>> _open = [];

    public IEnumerable<RoomConfig> Configs => _configs.Values;

    /// <summary>The room, or null when there is none of that name.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public Task<Room?> FindAsync(string name)
    {
        if (!_configs.TryGetValue(name, out var config))
        {
            return Task.FromResult<Room?>(null);
        }

        if (!_open.TryGetValue(name, out var room) || room.IsFaulted)
        {
            _open[name] = room = OpenAsync(config);
        }

        return room!;
    }

    public static ChatRefusal NoRoom(string name) => new(
        ChatProblems.NoRoom,
        RoomConfig.IsName(name) ? $"There is no room '{name}'."
            : $"A room's name has 1 to {RoomConfig.LongestName} characters of a-z, 0-9, '-' and '_', and begins with a letter or digit.");

    private async Task<Room> OpenAsync(RoomConfig config)
    {
        var room = new Room(config, parts);
        await room.OpenAsync();
        return room;
    }
}
