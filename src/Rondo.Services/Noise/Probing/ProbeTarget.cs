using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Noise.Probing;

/// <summary>Whom a probe tells what it measures, and as what.</summary>
/// <param name="Address">Of the server's WebSocket.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Device">The device's id in it.</param>
/// <param name="Token">The device's token; in no message of ours.</param>
internal sealed record ProbeTarget(Uri Address, string RoomId, string Device, string Token)
{
    /// <summary>Whether the sound comes from a recording and not from the room.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Samples per second of the sound.</summary>
    public int SampleRate { get; init; }

    public static Uri AddressOf(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var site) || site.Scheme is not ("http" or "https")
            || site.UserInfo.Length > 0)
        {
            throw new StartException($"--url '{url}' is no address such as http://10.0.0.5:8080.", ExitCode.Usage);
        }

        var address = new UriBuilder(site) { Scheme = site.Scheme is "http" ? "ws" : "wss", Query = "", Fragment = "" };
        address.Path = address.Path.TrimEnd('/') + "/noise/publish";
        return address.Uri;
    }

    /// <summary>
    /// What the token's file or variable holds: the token alone, or what the server has answered when the device was
    /// made.
    /// </summary>
    public static ProbeTarget Read(string text, Uri address, string? roomId, string? device)
    {
        var token = text.Trim();
        if (token.StartsWith('{'))
        {
            try
            {
                using var answer = JsonDocument.Parse(token);
                token = Member(answer, "token") ?? "";
                roomId ??= Member(answer, "room");
                device ??= Member(answer, "device");
            }
            catch (JsonException)
            {
                throw new StartException("The token's file is neither a token nor the server's answer with one.");
            }
        }

        if (token.Length == 0 || token.Any(c => c is <= ' ' or > '~'))
        {
            throw new StartException("The token is no token: make one with POST /noise/rooms/ROOM/devices.");
        }

        return new ProbeTarget(address, Named(roomId, "--room"), Named(device, "--as"), token);
    }

    public string Hello(DateTimeOffset now) => Json(json =>
    {
        json.WriteStartObject("hello");
        json.WriteString("room", RoomId);
        json.WriteString("device", Device);
        json.WriteString("now", Moment(now));
        json.WriteEndObject();
    });

    /// <param name="frame">What was measured.</param>
    /// <param name="seq">Its sequence.</param>
    /// <param name="offset">The calibration; null while there is none.</param>
    public string Frame(PendingFrame frame, long seq, double? offset) => Json(json =>
    {
        var levels = CalibratedLevels.Of(frame.Reading, offset ?? Calibration.Uncalibrated);
        json.WriteString("room", RoomId);
        json.WriteString("device", Device);
        json.WriteNumber("seq", seq);
        json.WriteString("t0", Moment(frame.Start));
        json.WriteNumber("dur", Math.Round(frame.Reading.Duration, 3));
        WriteLevel(json, "laeq", levels.LAeq);
        WriteLevel(json, "lafmax", levels.LAMax);
        WriteLevel(json, "lcpeak", levels.LCPeak);
        json.WriteStartArray("flags");
        foreach (var name in (frame.Reading.Flags
            | (offset is null ? LevelFlags.Uncalibrated : 0) | (IsSimulated ? LevelFlags.Simulated : 0)).Names())
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteNumber("fs", SampleRate);
    });

    private static string Named(string? id, string option) =>
        id is null ? throw new StartException(
            $"The token alone does not say which {(option == "--as" ? "device" : "room")} it is for: give {option}.",
            ExitCode.Usage)
        : NoiseName.Is(id) ? id
        : throw new StartException($"{option} '{id}': {NoiseName.Rule("an id")}", ExitCode.Usage);

    private static string? Member(JsonDocument answer, string name) =>
        answer.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static void WriteLevel(Utf8JsonWriter json, string name, double? level)
    {
        if (level is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            write(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
