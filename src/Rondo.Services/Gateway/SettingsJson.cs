using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rondo.Services.Gateway;

/// <summary>
/// Makes of a section of the configuration, which has texts alone, the JSON that was written: so that one reader judges
/// both.
/// </summary>
internal static class SettingsJson
{
    private static readonly string[] Numbers = ["attempts", "burst", "priority"];
    private static readonly string[] Flags = ["required", "pass_host"];

    public static JsonDocument Of(IConfigurationSection section) =>
        JsonDocument.Parse(NodeOf(section)?.ToJsonString() ?? "null");

    private static JsonNode? NodeOf(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            return section.Value is { } text ? ValueOf(section.Key, text) : null;
        }

        return children.TrueForAll(c => c.Key.All(char.IsAsciiDigit))
            ? new JsonArray([.. children.Select(NodeOf)])
            : new JsonObject(children.Select(c => KeyValuePair.Create(c.Key, NodeOf(c))));
    }

    private static JsonNode ValueOf(string name, string text) =>
        Numbers.Contains(name)
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : Flags.Contains(name) && bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
            : JsonValue.Create(text);
}
