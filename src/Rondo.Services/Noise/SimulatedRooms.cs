using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise;

/// <summary>
/// Three rooms of the demo: invented, labelled as such, and in memory alone. One of them is too loud now and then.
/// </summary>
internal sealed class SimulatedRooms(
    NoiseMonitor monitor, NoiseLoop loop, TimeProvider time, Random random) : IHostedService
{
    private const int SecondsBefore = 3600;
    private const string Device = "demo";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Plan[] Plans =
    [
        new("demo-hall", "Hall", "lobby", 52, 6, 0, 0),
        new("demo-classroom", "Classroom", "classroom", 54, 5, 300, 40),
        new("demo-library", "Library", "library", 37, 3, 0, 0),
    ];

    private readonly List<(Plan Plan, NoiseRoom Place, NoiseDevice Device)> _rooms = [];
    private bool _hasStopped;

    public Task StartAsync(CancellationToken cancellationToken) => loop.AskAsync(() =>
    {
        foreach (var plan in Plans)
        {
            var config = NoiseRoomConfig.Of(plan.Id, NoiseKind.Find(plan.Kind)!) with { Name = plan.Name };
            if (monitor.AddUnkept(config) is { } room)
            {
                var device = new NoiseDevice(
                    new NoiseDeviceConfig { RoomId = plan.Id, Id = Device, Name = "Demo", Hash = "", Offset = 120 },
                    time);
                room.Devices.Add(Device, device);
                _rooms.Add((plan, room, device));
                Fill(plan, room);
            }
        }

        Measure();
        monitor.Show();
        return true;
    });

    public Task StopAsync(CancellationToken cancellationToken) => loop.AskAsync(() => _hasStopped = true);

    private void Fill(Plan plan, NoiseRoom room)
    {
        var now = time.GetUtcNow();
        for (var ago = SecondsBefore; ago > 1; ago--)
        {
            room.Imagine(Invent(plan, now - (Second * ago), 0));
        }
    }

    private void Measure()
    {
        if (_hasStopped)
        {
            return;
        }

        var start = time.GetUtcNow() - Second;
        foreach (var (plan, room, device) in _rooms)
        {
            var frame = Invent(plan, start, device.Taken + 1);
            device.Hear(frame);
            room.Imagine(frame);
        }

        loop.Loop.CallLater(Second, Measure);
    }

    private TakenFrame Invent(Plan plan, DateTimeOffset start, long seq)
    {
        var second = start.ToUnixTimeSeconds();
        var swell = Math.Sin(second / 47.0) + Math.Sin(second / 211.0);
        var isLoud = plan.LoudEvery > 0 && second % plan.LoudEvery < plan.LoudFor;
        var level = (isLoud ? plan.Level + 18 : plan.Level) + (swell * plan.Swing / 2)
            + ((random.NextDouble() - 0.5) * plan.Swing);
        return new TakenFrame(
            Device, seq, start, Second, Math.Round(level, 1), Math.Round(level + 3 + (random.NextDouble() * 6), 1),
            null, LevelFlags.Simulated, TimeSpan.Zero);
    }

    /// <summary>How a room sounds: a level, how much it goes up and down, and how often it is too loud.</summary>
    private sealed record Plan(
        string Id, string Name, string Kind, double Level, double Swing, int LoudEvery, int LoudFor);
}
