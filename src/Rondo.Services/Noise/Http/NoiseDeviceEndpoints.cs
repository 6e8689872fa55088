using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>The devices of a room.</summary>
internal sealed class NoiseDeviceEndpoints(NoiseLoop loop, NoiseMonitor monitor)
{
    private const string Root = "/noise/rooms/{room}/devices";

    private static readonly string[] Members = ["device", "name"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Root, ListAsync).RequireScope(NoiseRoomEndpoints.WriteScope);
        routes.MapPost(Root, AddAsync).RequireScope(NoiseRoomEndpoints.WriteScope);
        routes.MapDelete(Root + "/{device}", RemoveAsync).RequireScope(NoiseRoomEndpoints.WriteScope);
    }

    /// <summary>Answers with a new device and its token.</summary>
    public static Task WriteAsync(HttpContext context, NoiseDeviceConfig device, string token)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("room", device.RoomId);
            json.WriteString("device", device.Id);
            json.WriteString("name", device.Name);
            json.WriteString("token", token);
            json.WriteEndObject();
        });
    }

    private async Task ListAsync(HttpContext context)
    {
        var id = NoiseRequests.RoomOf(context);
        var devices = await loop.AskAsync(() => monitor.Find(id)?.Devices.Values.Select(Describe).ToList());
        if (devices is null)
        {
            await NoiseProblems.Missing(id).WriteAsync(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("devices");
            devices.ForEach(write => write(json));
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task AddAsync(HttpContext context)
    {
        var asked = await NoiseRequests.ReadAsync(context, Members, body =>
        {
            var id = NoiseRequests.Text(body, "device") ?? throw new FormatException("'device' is an id.");
            var name = NoiseRequests.Text(body, "name") ?? id;
            return !NoiseName.Is(id) ? throw Unusable(NoiseName.Rule("A device's id"))
                : !NoiseName.IsText(name)
                    ? throw Unusable($"'name' has 1 to {NoiseName.LongestText} characters on one line.")
                    : new Asked(id, name);
        });
        if (asked is null)
        {
            return;
        }

        try
        {
            var (device, token, refusal) = await loop.AskAsync(
                () => monitor.AddDeviceAsync(NoiseRequests.RoomOf(context), asked.Id, asked.Name));
            await (device is null ? refusal!.WriteAsync(context) : WriteAsync(context, device, token));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private async Task RemoveAsync(HttpContext context)
    {
        try
        {
            var refusal = await loop.AskAsync(
                () => monitor.RemoveDeviceAsync(NoiseRequests.RoomOf(context), NoiseRequests.DeviceOf(context)));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            if (refusal is not null)
            {
                await refusal.WriteAsync(context);
            }
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private static NoiseSettingException Unusable(string detail) =>
        new(new NoiseRefusal(NoiseProblems.UnusableName, detail));

    private static Action<Utf8JsonWriter> Describe(NoiseDevice device)
    {
        var (config, ack, clock, until, isConnected) =
            (device.Config, device.Ack, device.Clock, device.HeardUntil, device.Link is not null);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("device", config.Id);
            json.WriteString("name", config.Name);
            json.WriteBoolean("connected", isConnected);
            json.WriteNumber("ack", ack);
            if (until is { } heard)
            {
                json.WriteString("heard", StreamJson.Text(heard));
            }

            if (clock is { } offset)
            {
                json.WriteNumber("clock_offset", Math.Round(offset.TotalSeconds, 3));
            }

            if (config.Offset is { } calibrated)
            {
                json.WriteNumber("offset", Math.Round(calibrated, 2));
                json.WriteString("calibration", config.Calibration);
                json.WriteString("calibrated", StreamJson.Text(config.CalibratedAt ?? default));
            }

            json.WriteEndObject();
        };
    }

    private sealed record Asked(string Id, string Name);
}
