using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Backup;

/// <summary>A table as it stands in an archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Names of its columns, in the order of values in a row.</param>
/// <param name="Rows">How many there are.</param>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows);

/// <summary>
/// The tables of all rooms as JSON lines: one that lists tables and columns by name, then a line for each row. It says
/// nothing of the engine: a value is null, a number, a text, or <c>{"base64": "..."}</c>.
/// </summary>
internal static class TableLines
{
    private const string Format = "rondo-tables";
    private const int Version = 1;
    private const string Blob = "base64";

    public static void WriteHead(Stream output, IReadOnlyList<BackupTable> tables) => WriteLine(output, json =>
    {
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteStartArray("tables");
        foreach (var table in tables)
        {
            json.WriteStartObject();
            json.WriteString("table", table.Name);
            json.WriteStartArray("columns");
            foreach (var column in table.Columns)
            {
                json.WriteStringValue(column);
            }

            json.WriteEndArray();
            json.WriteNumber("rows", table.Rows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static void WriteRow(Stream output, BackupTable table, IReadOnlyList<object?> values) =>
        WriteLine(output, json =>
        {
            json.WriteString("table", table.Name);
            json.WriteStartArray("row");
            foreach (var value in values)
            {
                WriteValue(json, value);
            }

            json.WriteEndArray();
        });

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static List<BackupTable> ReadHead(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return json.GetProperty("format").GetString() == Format && json.GetProperty("version").GetInt32() == Version
            ? [.. json.GetProperty("tables").EnumerateArray().Select(t => new BackupTable(
                t.GetProperty("table").GetString()!,
                [.. t.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!)],
                t.GetProperty("rows").GetInt64()))]
            : throw new InvalidDataException("it is no list of tables that this version knows");
    }

    public static (string Table, List<object?> Values) ReadRow(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return (json.GetProperty("table").GetString()!, [.. json.GetProperty("row").EnumerateArray().Select(ReadValue)]);
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteNumberValue(flag ? 1 : 0);
                break;
            case short or int or long:
                json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case byte[] bytes:
                json.WriteStartObject();
                json.WriteBase64String(Blob, bytes);
                json.WriteEndObject();
                break;
            default:
                throw new InvalidDataException($"a value is a {value.GetType().Name}, which has no form in an archive");
        }
    }

    private static object? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.Object => value.GetProperty(Blob).GetBytesFromBase64(),
        _ => throw new FormatException($"{value.ValueKind} is no value of a table"),
    };

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> members)
    {
        output.Write(StreamJson.Object(members));
        output.Write("\n"u8);
    }
}
