using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Lab.Load.Search;

namespace Rondo.Lab.Load.Tool;

/// <summary><c>rondo load --find capacity</c>.</summary>
internal static class CapacityTool
{
    private const int MostConnections = 4096;
    private const double StepSeconds = 3;

    public static async Task<int> RunAsync(
        LoadOptions options, LoadPlan plan, TextWriter output, TextWriter error, LoadRunner run, CancellationToken stop)
    {
        var slo = Slo.Parse(options.Slo
            ?? throw new LoadException("--find capacity needs the limit: --slo p99<200ms", LoadExit.Usage));
        if (plan.IsOpen)
        {
            throw new LoadException("--find capacity looks for the load itself; leave --rate out", LoadExit.Usage);
        }

        var most = options.MaxConnections ?? options.Connections ?? MostConnections;
        LoadPlanning.RequireDescriptors(most);
        var seconds = options.Duration is null ? StepSeconds : plan.Seconds;
        var search = new CapacitySearch(
            slo,
            most,
            n => run(
                plan with { Connections = n, Threads = Math.Min(plan.Threads, n), Seconds = seconds }, _ => { }, stop),
            step =>
            {
                stop.ThrowIfCancellationRequested();
                error.WriteLine(Text($"{step.Connections,6} connections  {step.Throughput,10:0.0}/s  ")
                    + $"p{slo.Quantile * 100:0.###} {LoadText.Time(step.Value * 1e9)}  {(step.Meets ? "holds" : "missed")}");
            });
        var capacity = await search.RunAsync();
        await output.WriteLineAsync(CapacitySearch.Describe(capacity, slo));
        if (options.Json is { } file)
        {
            await ResultFiles.WriteAsync(file, Json(capacity, slo, plan), output);
        }

        if (capacity.IsGeneratorBound)
        {
            await error.WriteLineAsync("rondo: the generator was the bottleneck: more --threads, or another machine");
            return LoadExit.NotMeasurable;
        }

        return capacity.Connections == 0 || !capacity.IsConfirmed ? LoadExit.ThresholdMissed : LoadExit.Ok;
    }

    private static string Json(Capacity capacity, Slo slo, LoadPlan plan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "rondo-capacity/1");
            json.WriteString("url", plan.Url);
            json.WriteString("slo", slo.Text);
            json.WriteNumber("connections", capacity.Connections);
            json.WriteNumber("requests_per_second", capacity.Throughput);
            json.WriteBoolean("confirmed", capacity.IsConfirmed);
            json.WriteBoolean("saturated", capacity.IsSaturated);
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
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
