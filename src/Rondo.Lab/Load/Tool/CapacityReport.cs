using System.Globalization;
using System.Text.Json;
using Rondo.Lab.Load.Search;

namespace Rondo.Lab.Load.Tool;

/// <summary>A search for capacity, as a line for each step and as members of a JSON object.</summary>
internal static class CapacityReport
{
    public static string Line(CapacityStep step, Slo slo) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{step.Connections,6} connections  {step.Throughput,10:0.0}/s  p{slo.Quantile * 100:0.###} ")
        + $"{LoadText.Time(step.Value * 1e9)}  {(step.Meets ? "holds" : "missed")}";

    public static void Write(Utf8JsonWriter json, Capacity capacity)
    {
        json.WriteNumber("connections", capacity.Connections);
        json.WriteNumber("requests_per_second", capacity.Throughput);
        json.WriteBoolean("confirmed", capacity.IsConfirmed);
        json.WriteBoolean("saturated", capacity.IsSaturated);
        json.WriteBoolean("at_most", capacity.IsAtMost);
        json.WriteBoolean("generator_bound", capacity.IsGeneratorBound);
        json.WriteStartArray("steps");
        foreach (var step in capacity.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("connections", step.Connections);
            json.WriteNumber("requests_per_second", step.Throughput);
            json.WriteBoolean("meets", step.Meets);
            if (double.IsFinite(step.Value))
            {
                json.WriteNumber("seconds", step.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One object, indented.</summary>
    public static string Object(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>What a process ends with that has found this.</summary>
    public static int ExitCode(Capacity capacity) =>
        capacity.IsGeneratorBound ? LoadExit.NotMeasurable
        : capacity.Connections == 0 || !capacity.IsConfirmed ? LoadExit.ThresholdMissed
        : LoadExit.Ok;
}
