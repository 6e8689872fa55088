using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>
/// What a device has to add: as somebody says, by what a meter or a calibrator beside it shows, as for others of its
/// model, or by what another device beside it hears.
/// </summary>
internal sealed class CalibrationEndpoints(
    NoiseLoop loop, NoiseMonitor monitor, LiveOptions<NoiseOptions> options, TimeProvider time)
{
    private const double LowestOffset = 40;
    private const double HighestOffset = 200;
    private const double LowestReference = 20;
    private const double HighestReference = 140;

    private static readonly string[] Members = ["reference_db", "offset_db", "preset", "relative_to"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/noise/rooms/{room}/devices/{device}/calibrate", NamedAsync)
            .RequireScope(NoiseRoomEndpoints.WriteScope);

        // Whoever may say what a device hears, may say how well it hears.
        routes.MapPost("/noise/rooms/{room}/calibrate", OwnAsync);
    }

    private Task NamedAsync(HttpContext context)
    {
        var (roomId, id) = (NoiseRequests.RoomOf(context), NoiseRequests.DeviceOf(context));
        return CalibrateAsync(context, () =>
            monitor.Find(roomId) is not { IsKept: true } room ? (null, NoiseProblems.Missing(roomId))
            : room.Devices.GetValueOrDefault(id) is { } device ? (device, null)
            : (null, NoiseProblems.MissingDevice(id)));
    }

    private Task OwnAsync(HttpContext context)
    {
        if (NoiseRequests.Bearer(context) is not { } token)
        {
            return NoiseRequests.AskForTokenAsync(context);
        }

        var roomId = NoiseRequests.RoomOf(context);
        return CalibrateAsync(context, () =>
        {
            var (_, device, refusal) = monitor.IsLoaded
                ? monitor.Admit(roomId, null, token)
                : (null, null, new NoiseRefusal(NoiseProblems.NotLoaded, "Rondo is about to start."));
            return (device, refusal);
        });
    }

    private async Task CalibrateAsync(HttpContext context, Func<(NoiseDevice? Device, NoiseRefusal? Refusal)> find)
    {
        if (await NoiseRequests.ReadAsync(context, Members, Read) is not { } asked)
        {
            return;
        }

        try
        {
            var (config, refusal) = await loop.AskAsync(async () =>
            {
                var (device, wrong) = find();
                if (device is null)
                {
                    return (null, wrong);
                }

                (var offset, wrong) = Offset(device, asked);
                if (wrong is null)
                {
                    var now = time.GetUtcNow();
                    wrong = await monitor.ChangeDeviceAsync(device, d => d with
                    {
                        Offset = offset,
                        Calibration = asked.Way,
                        CalibratedAt = now,
                    });
                }

                return ((NoiseDeviceConfig?)device.Config, wrong);
            });
            await (refusal is not null ? refusal.WriteAsync(context) : WriteAsync(context, config!));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private (double Offset, NoiseRefusal? Refusal) Offset(NoiseDevice device, Asked asked)
    {
        if (asked.Offset is { } told)
        {
            return Checked(told);
        }

        if (asked.Preset is { } preset)
        {
            return options.Current.Presets.TryGetValue(preset, out var known)
                ? Checked(known)
                : (0, Unusable($"There is no preset '{preset}' in 'Noise:Presets'."));
        }

        var now = time.GetUtcNow();
        if (device.FullScale(now) is not { } heard)
        {
            return (0, Unusable("The device has not measured for three seconds: let it, then calibrate."));
        }

        if (asked.Reference is { } reference)
        {
            return Checked(reference - heard);
        }

        var parts = asked.RelativeTo!.Split('/');
        return monitor.Find(parts[0])?.Devices.GetValueOrDefault(parts[^1]) is not { } other || other == device
                ? (0, Unusable("'relative_to' is 'room/device' of another device."))
            : other.Config.Offset is not { } offset
                ? (0, Unusable("The other device is not calibrated itself."))
            : other.FullScale(now) is not { } beside
                ? (0, Unusable("The other device has not measured for three seconds."))
            : Checked(beside + offset - heard);
    }

    private static Asked Read(JsonElement body)
    {
        if (body.EnumerateObject().Count() != 1)
        {
            throw new FormatException($"Say one of {string.Join(", ", Members)}.");
        }

        var asked = new Asked(
            body.EnumerateObject().First().Name,
            NoiseRequests.Number(body, "reference_db"),
            NoiseRequests.Number(body, "offset_db"),
            NoiseRequests.Text(body, "preset"),
            NoiseRequests.Text(body, "relative_to"));
        return asked.Reference is < LowestReference or > HighestReference
            ? throw NoiseRequests.Unusable($"'reference_db' is {LowestReference} to {HighestReference} dB.")
            : asked is { Reference: null, Offset: null, Preset: null, RelativeTo: null }
                ? throw new FormatException($"'{asked.Way}' has a value.")
                : asked;
    }

    private static (double Offset, NoiseRefusal? Refusal) Checked(double offset) =>
        offset is >= LowestOffset and <= HighestOffset
            ? (Math.Round(offset, 2), null)
            : (0, Unusable(FormattableString.Invariant(
                $"That would make the offset {offset:0.#} dB; it is {LowestOffset} to {HighestOffset}.")));

    private static NoiseRefusal Unusable(string detail) => new(NoiseProblems.UnusableSetting, detail);

    private static Task WriteAsync(HttpContext context, NoiseDeviceConfig device) =>
        JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("room", device.RoomId);
            json.WriteString("device", device.Id);
            json.WriteNumber("offset", device.Offset!.Value);
            json.WriteString("calibration", device.Calibration);
            json.WriteString("calibrated", StreamJson.Text(device.CalibratedAt!.Value));
            json.WriteEndObject();
        });

    private sealed record Asked(string Way, double? Reference, double? Offset, string? Preset, string? RelativeTo);
}
