using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Noise;

/// <summary>How a device says who it is.</summary>
/// <param name="RoomId">Where it measures.</param>
/// <param name="Device">Its id in that room.</param>
/// <param name="Token">Its token; null when the handshake had it.</param>
/// <param name="Now">Its clock; null when it does not say.</param>
internal sealed record DeviceHello(string RoomId, string Device, string? Token, DateTimeOffset? Now);

/// <summary>One message of a device on its WebSocket: a hello, a frame, or why it is neither.</summary>
internal readonly record struct DeviceMessage(
    DeviceHello? Hello, NoiseFrame? Frame, NoiseRefusal? Refusal, long? Seq)
{
    private const int MostDepth = 3;

    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = MostDepth, AllowDuplicateProperties = false };

    private static readonly string[] HelloMembers = ["room", "device", "token", "now"];

    public static DeviceMessage Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var root = document.RootElement;
            if (root.ValueKind is JsonValueKind.Object && root.TryGetProperty("hello", out var hello))
            {
                return new DeviceMessage(ReadHello(root, hello), null, null, null);
            }

            var (frame, refusal, seq) = NoiseFrame.Read(root);
            return new DeviceMessage(null, frame, refusal, seq);
        }
        catch (JsonException)
        {
            return Bad("A frame is JSON in UTF-8, with each member once.");
        }
        catch (FormatException error)
        {
            return Bad(error.Message);
        }
        catch (InvalidOperationException)
        {
            return Bad("A frame is JSON in UTF-8 without half characters.");
        }
    }

    private static DeviceMessage Bad(string detail) => new(null, null, NoiseFrame.Bad(detail), null);

    private static DeviceHello ReadHello(JsonElement root, JsonElement hello)
    {
        const string expected = """A hello is {"v":1,"hello":{"room":"ROOM","device":"DEVICE","token":"TOKEN"}}.""";
        if (root.EnumerateObject().Any(m => m.Name is not ("v" or "hello"))
            || !root.TryGetProperty("v", out var version)
            || version.ValueKind is not JsonValueKind.Number || !version.TryGetInt32(out var v) || v != 1
            || hello.ValueKind is not JsonValueKind.Object
            || hello.EnumerateObject().Any(m =>
                !HelloMembers.Contains(m.Name) || m.Value.ValueKind is not JsonValueKind.String))
        {
            throw new FormatException(expected);
        }

        return new DeviceHello(
            Text("room") ?? throw new FormatException(expected),
            Text("device") ?? throw new FormatException(expected),
            Text("token"),
            Text("now") is not { } now ? null
                : DateTimeOffset.TryParse(
                    now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
                : throw new FormatException("'now' is a moment such as 2026-11-22T05:00:01.000Z."));

        string? Text(string name) => hello.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
