using System.Text.Json;

namespace Rondo.Services.Auth;

/// <summary>A key as JSON; never its text.</summary>
internal static class KeyJson
{
    public static void Write(Utf8JsonWriter json, StoredKey key, DateTimeOffset now)
    {
        var settings = key.Settings;
        json.WriteString("id", key.Id);
        json.WriteString("name", settings.Name);
        json.WriteString("owner", settings.Owner);
        json.WriteString("status", key.Status(now));
        WriteTexts(json, "scopes", settings.Scopes.Texts);
        WriteInstant(json, "created", key.Created);
        WriteInstant(json, "expires", settings.Expires);
        WriteInstant(json, "revoked", key.Revoked);
        WriteInstant(json, "last_used", key.Use.LastUsed);
        WriteTexts(json, "addresses", settings.Addresses?.Texts ?? []);
        WriteTexts(json, "origins", settings.Origins ?? []);
        json.WriteString("rate", settings.Rate is { } rate ? KeyTexts.Text(rate) : null);
        if (settings.Quota is { } quota)
        {
            json.WriteNumber("quota", quota);
            json.WriteNumber("used", key.Use.Uses(now));
        }
        else
        {
            json.WriteNull("quota");
        }

        json.WriteStartArray("secrets");
        foreach (var secret in key.Secrets.Where(s => s.Ends is null || s.Ends > now))
        {
            json.WriteStartObject();
            json.WriteString("prefix", secret.Prefix);
            json.WriteString("ending", secret.Ending);
            WriteInstant(json, "created", secret.Created);
            WriteInstant(json, "ends", secret.Ends);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInstant(Utf8JsonWriter json, string name, DateTimeOffset? at) =>
        json.WriteString(name, at is { } instant ? Streams.StreamJson.Text(instant) : null);

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
