using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>All rooms and their devices. Lives on the noise loop; a change is durable before it counts.</summary>
internal sealed partial class NoiseMonitor(NoiseParts parts, NoiseStore store, NoiseBook book, TimeProvider time)
{
    private readonly SortedDictionary<string, NoiseRoom> _rooms = new(StringComparer.Ordinal);
    private Task _turn = Task.CompletedTask;

    /// <summary>Raised when there is another room. On the loop.</summary>
    public event Action? RoomAdded;

    /// <summary>Whether what was kept has been read.</summary>
    public bool IsLoaded { get; private set; }

    public IReadOnlyCollection<NoiseRoom> All => _rooms.Values;

    public NoiseRoom? Find(string id) => _rooms.GetValueOrDefault(id);

    /// <summary>Reads what was kept.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task LoadAsync()
    {
        var kept = await store.LoadAsync();
        foreach (var config in kept.Rooms)
        {
            var room = new NoiseRoom(config, parts);
            foreach (var device in kept.Devices.Where(d => d.RoomId == config.Id))
            {
                room.Devices.Add(device.Id, new NoiseDevice(device, time));
            }

            await room.LoadAsync();
            _rooms[config.Id] = room;
        }

        await LoadAlarmsAsync();
        IsLoaded = true;
        Show();
    }

    /// <summary>Adds a room that lives in memory alone: a simulated one, or one of the talks' page.</summary>
    public NoiseRoom? AddUnkept(NoiseRoomConfig config)
    {
        if (_rooms.ContainsKey(config.Id))
        {
            return null;
        }

        var room = new NoiseRoom(config, parts, isKept: false);
        _rooms.Add(config.Id, room);
        RoomAdded?.Invoke();
        return room;
    }

    /// <summary>Forgets a room that lives in memory alone.</summary>
    public void RemoveUnkept(NoiseRoom room)
    {
        if (!room.IsKept)
        {
            _rooms.Remove(room.Config.Id);
        }
    }

    /// <summary>Makes a room, or gives one other settings. Tells whether it is new.</summary>
    public Task<(bool IsNew, NoiseRefusal? Refusal)> PutAsync(
        string id, Func<NoiseRoomConfig?, NoiseRoomConfig> change) =>
        InTurnAsync<(bool, NoiseRefusal?)>(async () =>
        {
            var present = Find(id);
            if (present is null && _rooms.Count >= parts.Options().Rooms)
            {
                return (false, new NoiseRefusal(
                    NoiseProblems.TooMany, $"There are {_rooms.Count} rooms, as many as 'Noise:Rooms' allows."));
            }

            if (present is { IsKept: false })
            {
                return (false, new NoiseRefusal(
                    NoiseProblems.UnusableName, $"'{id}' is a room of the demo or of the talks' page."));
            }

            var config = change(present?.Config);
            await store.SaveAsync(config);
            if (present is null)
            {
                _rooms.Add(id, new NoiseRoom(config, parts));
                RoomAdded?.Invoke();
            }
            else
            {
                present.Config = config;
            }

            Show();
            return (present is null, null);
        });

    /// <summary>Takes a room away, with its devices and everything that was measured in it.</summary>
    public Task<NoiseRefusal?> DeleteAsync(string id) => InTurnAsync<NoiseRefusal?>(async () =>
    {
        if (Find(id) is not { IsKept: true } room)
        {
            return NoiseProblems.Missing(id);
        }

        await store.RemoveAsync(room.Config);
        _rooms.Remove(id);
        room.End("The room is no more.");
        Show();
        await room.EraseAsync();
        return null;
    });

    /// <summary>Adds a device; its token is shown this once.</summary>
    public Task<(NoiseDeviceConfig? Device, string Token, NoiseRefusal? Refusal)> AddDeviceAsync(
        string roomId, string id, string name) =>
        InTurnAsync<(NoiseDeviceConfig?, string, NoiseRefusal?)>(async () =>
        {
            if (Find(roomId) is not { IsKept: true } room)
            {
                return (null, "", NoiseProblems.Missing(roomId));
            }

            if (room.Devices.ContainsKey(id))
            {
                return (null, "", new NoiseRefusal(
                    NoiseProblems.DeviceTaken, $"There is a device '{id}' in this room already."));
            }

            if (room.Devices.Count >= parts.Options().DevicesPerRoom)
            {
                return (null, "", new NoiseRefusal(
                    NoiseProblems.TooMany,
                    $"The room has {room.Devices.Count} devices, as many as 'Noise:DevicesPerRoom' allows."));
            }

            var token = NoiseToken.Make(NoiseToken.Scheme);
            var device = new NoiseDeviceConfig
            {
                RoomId = roomId,
                Id = id,
                Name = name,
                Hash = NoiseToken.HashOf(token),
            };
            await store.SaveAsync(device);
            room.Devices.Add(id, new NoiseDevice(device, time));
            return (device, token, null);
        });

    /// <summary>Takes a device away; what it has measured stays.</summary>
    public Task<NoiseRefusal?> RemoveDeviceAsync(string roomId, string id) => InTurnAsync<NoiseRefusal?>(async () =>
    {
        if (Find(roomId) is not { IsKept: true } room)
        {
            return NoiseProblems.Missing(roomId);
        }

        if (!room.Devices.TryGetValue(id, out var device))
        {
            return NoiseProblems.MissingDevice(id);
        }

        await store.RemoveAsync(device.Config);
        room.Devices.Remove(id);
        device.Link?.End("The device was taken away.");
        return null;
    });

    /// <summary>Changes what is kept of a device.</summary>
    public Task<NoiseRefusal?> ChangeDeviceAsync(
        NoiseDevice device, Func<NoiseDeviceConfig, NoiseDeviceConfig> change) =>
        InTurnAsync<NoiseRefusal?>(async () =>
        {
            var config = change(device.Config);
            await store.SaveAsync(config);
            device.Config = config;
            if (config.Offset is { } offset)
            {
                device.Link?.Calibrated(offset);
            }

            return null;
        });

    /// <summary>The device that a token is of; or why it is none.</summary>
    public (NoiseRoom? In, NoiseDevice? Device, NoiseRefusal? Refusal) Admit(
        string roomId, string? deviceId, string token)
    {
        foreach (var room in _rooms.Values)
        {
            foreach (var device in room.Devices.Values)
            {
                if (NoiseToken.Fits(token, device.Config.Hash))
                {
                    return room.Config.Id == roomId && (deviceId is null || device.Config.Id == deviceId)
                        ? (room, device, null)
                        : (null, null, new NoiseRefusal(
                            NoiseProblems.WrongDevice, "The token is that of another room or device."));
                }
            }
        }

        return (null, null, new NoiseRefusal(
            NoiseProblems.WrongToken, "The token is not one of ours, or its device was taken away."));
    }

    /// <summary>Looks at all rooms: alarms, and the snapshot that everybody reads.</summary>
    public void Tick()
    {
        var now = time.GetUtcNow();
        foreach (var room in _rooms.Values)
        {
            Watch(room, now);
        }

        Show();
    }

    /// <summary>Stores what is due, and forgets what is too old.</summary>
    public Task KeepAsync() => Task.WhenAll(_rooms.Values.Select(r => r.KeepAsync()));

    // One change after the other: what was checked is true until it is stored.
    private async Task<T> InTurnAsync<T>(Func<Task<T>> change)
    {
        var before = _turn;
        var done = new TaskCompletionSource();
        _turn = done.Task;
        try
        {
            await before;
            return await change();
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>Lets everybody see the rooms as they are.</summary>
    public void Show()
    {
        var now = time.GetUtcNow();
        book.Publish(new NoiseSnapshot(now, [.. _rooms.Values.Select(r => r.Show(now))], _alarms));
    }
}
