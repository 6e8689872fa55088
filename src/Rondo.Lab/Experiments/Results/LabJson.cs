using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Lab.Experiments.Results;

/// <summary>
/// A result as JSON, schema <c>rondo-lab/1</c>: the same bytes for the same result. Each member begins a line, and so
/// does each element of a member that is a list, so that two results can be compared line by line.
/// </summary>
internal static class LabJson
{
    public static string Write(LabResult result)
    {
        var node = JsonSerializer.SerializeToElement(result, LabJsonContext.Default.LabResult);
        var text = new StringBuilder("{");
        var separator = "\n";
        foreach (var member in node.EnumerateObject())
        {
            text.Append(separator).Append('"').Append(member.Name).Append("\": ");
            Append(text, member.Value);
            separator = ",\n";
        }

        return text.Append("\n}\n").ToString();
    }

    /// <exception cref="FormatException">It is no result, or one of another schema.</exception>
    public static LabResult Read(string text)
    {
        try
        {
            using (var document = JsonDocument.Parse(text))
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object
                    || !document.RootElement.TryGetProperty("schema", out var schema)
                    || schema.ValueKind != JsonValueKind.String || schema.GetString() != LabResult.CurrentSchema)
                {
                    throw new FormatException($"This is no result of the lab (schema {LabResult.CurrentSchema}).");
                }
            }

            return JsonSerializer.Deserialize(text, LabJsonContext.Default.LabResult)
                ?? throw new FormatException("There is no result.");
        }
        catch (JsonException error)
        {
            throw new FormatException($"This is no result of the lab: {error.Message}", error);
        }
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0
            || value[0].ValueKind != JsonValueKind.Object)
        {
            text.Append(value.GetRawText());
            return;
        }

        var separator = "[\n";
        foreach (var element in value.EnumerateArray())
        {
            text.Append(separator).Append(element.GetRawText());
            separator = ",\n";
        }

        text.Append("\n]");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabResult))]
internal sealed partial class LabJsonContext : JsonSerializerContext;
