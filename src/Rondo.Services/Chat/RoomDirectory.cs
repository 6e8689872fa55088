using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>
/// All rooms by name. Lives on the chat's loop; a room is opened when somebody asks for it, and closed when nobody has
/// been in it for a while.
/// </summary>
internal sealed class RoomDirectory : IAsyncDisposable
{
    /// <summary>The room that is always there, and that the talks' chats are.</summary>
    public const string Lobby = "lobby";

    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromMinutes(10);

    private readonly RoomParts _parts;
    private readonly ChatLoop _loop;
    private readonly Dictionary<string, Task<Room>> _open = [];
    private Task<Dictionary<string, RoomConfig>>? _configs;

    public RoomDirectory(RoomParts parts, ChatLoop loop)
    {
        (_parts, _loop) = (parts, loop);
        parts.Loop.CallSoonThreadSafe(() =>
        {
            parts.Loop.CallLater(UpkeepInterval, KeepUp);
        });
    }

    /// <summary>Rooms that are open at present.</summary>
    public int OpenRooms => _open.Count;

    /// <summary>Every room, with how many are in it.</summary>
    public async Task<IReadOnlyList<(RoomConfig Config, int Present)>> ListAsync()
    {
        var configs = await ConfigsAsync();
        return [.. configs.Values.OrderBy(c => c.Name, StringComparer.Ordinal).Select(config =>
            _open.TryGetValue(config.Name, out var open) && OpenedOf(open) is { } room
                ? (room.Config, room.Here.Present.Count)
                : (config, 0))];
    }

    /// <summary>The room, or null when there is none of that name.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<Room?> FindAsync(string name)
    {
        if (!_open.TryGetValue(name, out var open) || open.IsFaulted)
        {
            if (!(await ConfigsAsync()).TryGetValue(name, out var config))
            {
                return null;
            }

            if (!_open.TryGetValue(name, out open) || open.IsFaulted)
            {
                _open[name] = open = OpenAsync(config);
            }
        }

        return await open;
    }

    /// <summary>Makes a room, or gives one other settings. Tells whether it is new.</summary>
    public async Task<(bool IsNew, ChatRefusal? Refusal)> PutAsync(
        Caller caller, string name, Func<RoomConfig, RoomConfig> change)
    {
        if (!RoomConfig.IsName(name))
        {
            return (false, new ChatRefusal(ChatProblems.UnusableName, NoRoom(name).Detail));
        }

        if (RoomConfig.IsRoute(name))
        {
            return (false, new ChatRefusal(
                ChatProblems.UnusableName, $"'/chat/{name}' is something else, so that such a room could have no page."));
        }

        if (await FindAsync(name) is { } present)
        {
            return (false, await present.ChangeAsync(caller, change(present.Config)));
        }

        var configs = await ConfigsAsync();
        if (caller.Role < ChatRole.Owner)
        {
            return (false, new ChatRefusal(ChatProblems.NotAllowed, "Only an owner makes a room."));
        }

        if (configs.Count >= _parts.Options().Rooms)
        {
            return (false, new ChatRefusal(ChatProblems.TooMany, $"There are {configs.Count} rooms already."));
        }

        var config = change(new RoomConfig { Name = name });
        try
        {
            await _parts.Configs.SaveAsync(config);
        }
        catch (EventStoreException error)
        {
            return (false, ChatProblems.Describe(error));
        }

        configs[name] = config;
        return (true, null);
    }

    /// <summary>Takes a room away, with all that was said in it. A new one of its name counts on.</summary>
    public async Task<ChatRefusal?> DeleteAsync(Caller caller, string name)
    {
        if (await FindAsync(name) is not { } room)
        {
            return NoRoom(name);
        }

        if (caller.Role < ChatRole.Owner || name == Lobby)
        {
            return new ChatRefusal(
                ChatProblems.NotAllowed, name == Lobby ? "The lobby stays." : "Only an owner deletes a room.");
        }

        try
        {
            await _parts.Configs.RemoveAsync(name);
            _open.Remove(name);
            (await ConfigsAsync()).Remove(name);
            room.EndStays(NoRoom(name));
            await _parts.Store.RetainAsync(Room.StreamOf(name), 0, null);
            return null;
        }
        catch (EventStoreException error)
        {
            return ChatProblems.Describe(error);
        }
    }

    /// <summary>Closes every room, so that nothing comes back to the loop once it has ended. From any thread.</summary>
    public async ValueTask DisposeAsync() => await _loop.AskAsync(async () =>
    {
        await Task.WhenAll(_open.Values.Select(OpenedOf).OfType<Room>().Select(room => room.StopAsync()));
        _open.Clear();
        return true;
    });

    public static ChatRefusal NoRoom(string name) => new(
        ChatProblems.NoRoom,
        RoomConfig.IsName(name) ? $"There is no room '{name}'."
            : $"A room's name has 1 to {RoomConfig.LongestName} characters of a-z, 0-9, '-' and '_', "
                + "and begins with a letter or a digit.");

    private async Task<Dictionary<string, RoomConfig>> ConfigsAsync()
    {
        if (_configs is null or { IsFaulted: true })
        {
            _configs = LoadAsync();
        }

        return await _configs;
    }

    private async Task<Dictionary<string, RoomConfig>> LoadAsync()
    {
        var configs = await _parts.Configs.LoadAsync();
        configs.TryAdd(Lobby, new RoomConfig { Name = Lobby });
        return configs;
    }

    private async Task<Room> OpenAsync(RoomConfig config)
    {
        var room = new Room(config, _parts);
        await room.OpenAsync();
        return room;
    }

    private void KeepUp()
    {
        foreach (var (name, open) in _open)
        {
            if (OpenedOf(open) is { } room)
            {
                _ = KeepUpAsync(name, room);
            }
        }

        _parts.Loop.CallLater(UpkeepInterval, KeepUp);
    }

    private async Task KeepUpAsync(string name, Room room)
    {
        await room.RetainAsync();
        if (room.IsIdle && _configs is { IsCompletedSuccessfully: true } loaded)
        {
            (await loaded)[name] = room.Config;
            _open.Remove(name);
            room.Dispose();
        }
    }

#pragma warning disable RS0030 // It has ended: nothing waits.
    private static Room? OpenedOf(Task<Room> open) => open.IsCompletedSuccessfully ? open.Result : null;
#pragma warning restore RS0030
}
