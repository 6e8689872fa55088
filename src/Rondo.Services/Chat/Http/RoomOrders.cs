using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Chat.Http;

/// <summary>Reads what is to be done with a room. Null after an answer that says what is wrong.</summary>
internal static class RoomOrders
{
    private const int LongestWho = 100;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };
    private static readonly string[] Settings = ["topic", "read_only", "slow"];
    private static readonly string[] Roles = ["guest", "member", "mod"];

    public static Task<Func<RoomConfig, RoomConfig>?> SettingsAsync(HttpContext context) => ReadAsync(
        context,
        Func<RoomConfig, RoomConfig> (body) =>
        {
            if (body.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !Settings.Contains(n)) is { } unknown)
            {
                throw new FormatException(
                    $"There is no '{unknown}' of a room; there are {string.Join(", ", Settings)}.");
            }

            var (topic, slow) = (Text(body, "topic"), Text(body, "slow"));
            if (topic is not null && !RoomConfig.IsTopic(topic))
            {
                throw new FormatException($"A topic has at most {RoomConfig.LongestTopic} characters on one line.");
            }

            bool? isReadOnly = !body.TryGetProperty("read_only", out var flag) ? null
                : flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean()
                : throw new FormatException("'read_only' is true or false.");
            TimeSpan? pause = slow is null ? null : Duration(slow);
            return config => config with
            {
                Topic = topic ?? config.Topic,
                IsReadOnly = isReadOnly ?? config.IsReadOnly,
                SlowMode = pause ?? config.SlowMode,
            };
        });

    public static Task<ModerationOrder?> ModerationAsync(HttpContext context) => ReadAsync(context, body =>
    {
        var action = Text(body, "action");
        if (action is null || !ModerationOrder.Actions.Contains(action))
        {
            throw new FormatException($"'action' is one of {string.Join(", ", ModerationOrder.Actions)}.");
        }

        if (Text(body, "who") is not { Length: > 0 and <= LongestWho } who)
        {
            throw new FormatException("'who' is the id of a person.");
        }

        var role = Text(body, "role");
        if (action == "role" && !Roles.Contains(role))
        {
            throw new FormatException($"'role' is one of {string.Join(", ", Roles)}.");
        }

        return new ModerationOrder(
            action,
            who,
            Text(body, "for") is { } time ? Duration(time) : null,
            role switch { "mod" => ChatRole.Mod, "member" => ChatRole.Member, _ => ChatRole.Guest },
            body.TryGetProperty("address", out var address) && address.ValueKind is JsonValueKind.True);
    });

    public static async Task<long?> ReportAsync(HttpContext context) =>
        (await ReadAsync(context, body =>
            body.TryGetProperty("seq", out var value) && value.ValueKind is JsonValueKind.Number
            && value.TryGetInt64(out var seq) && seq > 0
                ? new Reported(seq)
                : throw new FormatException("'seq' is the number of a message.")))?.Seq;

    public static Task<Uri?> UrlAsync(HttpContext context, int longest) => ReadAsync(context, body =>
        Text(body, "url") is { } text && text.Length <= longest
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? url
            : throw new FormatException("'url' is an http or https address without a name and a password."));

    private static async Task<T?> ReadAsync<T>(HttpContext context, Func<JsonElement, T> read)
        where T : class
    {
        var reason = "The body is a JSON object.";
        try
        {
            if (await BoundedStream.ReadAllAsync(context.Request.Body, 64 * 1024, context.RequestAborted) is { } body)
            {
                using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, Strict);
                if (document.RootElement.ValueKind is JsonValueKind.Object)
                {
                    return read(document.RootElement);
                }
            }
        }
        catch (JsonException)
        {
            // Told below.
        }
        catch (FormatException error)
        {
            reason = error.Message;
        }

        await new Problem(ProblemType.InvalidBody, reason).WriteAsync(context);
        return null;
    }

    private static string? Text(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString()
        : throw new FormatException($"'{name}' is a text.");

    // 30s, 10m, 2h, 7d.
    private static TimeSpan Duration(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var digits = text.AsSpan(0, Math.Max(0, text.Length - 1));
        return digits.Length is > 0 and <= 6 && !digits.ContainsAnyExceptInRange('0', '9')
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 } is > 0 and var seconds
            && (long)number * seconds <= 10L * 365 * 86400
            ? TimeSpan.FromSeconds((long)number * seconds)
            : throw new FormatException($"A time is such as 30s, 10m, 2h or 7d, not '{text}'.");
    }

    private sealed record Reported(long Seq);
}
