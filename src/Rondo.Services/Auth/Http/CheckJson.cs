using System.Buffers;
using System.Net;
using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// What services ask about requests to them, and what they are told: both ends of <c>/auth/check</c> in one place.
/// </summary>
internal static class CheckJson
{
    public const string For = "for";
    public const string Held = "held";

    private static readonly string[] ForMembers = ["text", "session", "path", "address", "origin"];

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        return bytes.WrittenSpan.ToArray();
    }

    public static void WriteFor(Utf8JsonWriter json, ShownKey shown)
    {
        json.WriteStartObject();
        json.WriteStartObject(For);
        if (shown.Text.IsNone)
        {
            json.WriteNull("text");
        }
        else
        {
            json.WriteString("text", shown.Text.Span);
        }

        json.WriteString("session", shown.Session);
        json.WriteString("path", shown.Path);
        json.WriteString("address", shown.Address?.ToString());
        json.WriteString("origin", shown.Origin);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is none; the message is for the caller.</exception>
    public static ShownKey ReadFor(JsonElement shown)
    {
        if (shown.ValueKind is not JsonValueKind.Object
            || shown.EnumerateObject().Any(m => !ForMembers.Contains(m.Name)
                || m.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)))
        {
            throw new FormatException($"'{For}' is an object of the texts {string.Join(", ", ForMembers)}.");
        }

        var address = Text(shown, "address");
        IPAddress? parsed = null;
        return address is not null && !IPAddress.TryParse(address, out parsed)
            ? throw new FormatException("'address' is that of the client, such as 10.0.0.7.")
            : new ShownKey(
                Text(shown, "text"), Text(shown, "session"), Text(shown, "path") ?? "", parsed, Text(shown, "origin"));
    }

    public static void WriteHeld(Utf8JsonWriter json, IEnumerable<string> prefixes) => WriteList(json, Held, prefixes);

    public static void WriteEnded(Utf8JsonWriter json, IEnumerable<string> prefixes) =>
        WriteList(json, "ended", prefixes);

    public static IEnumerable<string> ReadEnded(JsonElement answer) =>
        [.. answer.GetProperty("ended").EnumerateArray().Select(p => p.GetString()!)];

    public static void WriteAnswer(Utf8JsonWriter json, KeyAnswer? answer)
    {
        json.WriteStartObject();
        json.WriteString(
            "outcome", answer is null ? "none" : answer.IsConflict ? "conflict" : Name(answer.Verdict.Outcome));
        if (answer?.Verdict.RetryAfter is { Ticks: > 0 } wait)
        {
            json.WriteNumber("retry_after", wait.TotalSeconds);
        }

        if (answer is { Verdict: { IsAccepted: true, Entry: { Key: var key } entry } })
        {
            json.WriteStartObject("key");
            json.WriteString("id", key.Id);
            json.WriteString("prefix", entry.Secret.Prefix);
            json.WriteString("name", key.Name);
            json.WriteString("owner", key.Settings.Owner);
            json.WriteStartArray("scopes");
            foreach (var scope in key.Settings.Scopes.Texts)
            {
                json.WriteStringValue(scope);
            }

            json.WriteEndArray();
            json.WriteString("created_at", StreamJson.Text(key.Created));
            json.WriteString("expires_at", key.Settings.Expires is { } at ? StreamJson.Text(at) : null);
            json.WriteEndObject();
        }

        if (answer?.Token is { } token)
        {
            json.WriteString("csrf", token);
        }

        if (answer?.Limits is { } limits)
        {
            json.WriteString("ratelimit_policy", limits.Policy);
            json.WriteString("ratelimit", limits.State);
        }

        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is no answer.</exception>
    /// <exception cref="KeyNotFoundException">It leaves out what belongs to it.</exception>
    /// <exception cref="InvalidOperationException">Something in it is of another kind.</exception>
    public static KeyAnswer? ReadAnswer(JsonElement answer)
    {
        var outcome = Text(answer, "outcome");
        if (outcome is "none" or "conflict")
        {
            return outcome is "none" ? null : KeyAnswer.Conflict;
        }

        var verdict = Outcome(outcome);
        var wait = answer.TryGetProperty("retry_after", out var seconds)
            ? TimeSpan.FromSeconds(seconds.GetDouble())
            : TimeSpan.Zero;
        var limits = Text(answer, "ratelimit_policy") is { } policy
            ? new KeyLimits(policy, Text(answer, "ratelimit") ?? "")
            : null;
        var key = verdict is KeyOutcome.Accepted ? ReadKey(answer.GetProperty("key")) : null;
        return new KeyAnswer(new KeyVerdict(verdict, key, wait), Token: Text(answer, "csrf"), Limits: limits);
    }

    private static KeyEntry ReadKey(JsonElement key)
    {
        var created = key.GetProperty("created_at").GetDateTimeOffset();
        var secret = new StoredSecret(Needed(key, "prefix"), [], null, created, null);
        var settings = new KeySettings(
            Needed(key, "name"),
            Needed(key, "owner"),
            ScopeSet.Stored(key.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()!)),
            Text(key, "expires_at") is null ? null : key.GetProperty("expires_at").GetDateTimeOffset());
        return new KeyEntry(
            secret,
            new StoredKey(Needed(key, "id"), settings, created, null, [secret], new KeyUse(null, 0, 0)));
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // What outside looks the same is the same here, too: a service has no need to know more.
    private static string Name(KeyOutcome outcome) => outcome switch
    {
        KeyOutcome.Accepted => "accepted",
        KeyOutcome.TooFast => "too-fast",
        KeyOutcome.QuotaSpent => "quota-spent",
        KeyOutcome.TooManyAttempts => "too-many-attempts",
        _ => "refused",
    };

    private static KeyOutcome Outcome(string? name) => name switch
    {
        "accepted" => KeyOutcome.Accepted,
        "too-fast" => KeyOutcome.TooFast,
        "quota-spent" => KeyOutcome.QuotaSpent,
        "too-many-attempts" => KeyOutcome.TooManyAttempts,
        "refused" => KeyOutcome.Unknown,
        _ => throw new FormatException("The auth service has answered with an outcome that is none."),
    };

    private static string Needed(JsonElement json, string name) =>
        Text(json, name) ?? throw new FormatException($"The auth service has left out '{name}'.");

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
