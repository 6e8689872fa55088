using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Search;
using Rondo.Lab.Load.Tool;

namespace Rondo.Lab;

/// <summary>
/// <c>rondo lab run --find capacity --slo 'p99&lt;200ms'</c>: how much each model serves before a latency no longer holds.
/// </summary>
internal static class ModelCapacityTool
{
    private const int MostConnections = 4096;
    private const int WarmupConnections = 16;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: that of the worst model.</returns>
    /// <exception cref="ExperimentException">The options do not fit together, or a server does not start.</exception>
    /// <exception cref="LoadException">The limit is none, or the generator does not run.</exception>
    public static async Task<int> RunAsync(
        LabOptions options, string? jsonFile, TextWriter output, TextWriter error, CancellationToken stop)
    {
        LabPlanning.Require(options.Find is "capacity", "--slo belongs to --find capacity");
        LabPlanning.Require(options.Slo is not null, "--find capacity needs the limit: --slo 'p99<200ms'");
        LabPlanning.Require(
            options is { Scenario: null, Rate: null }, "--find capacity looks for the load itself: without a scenario or --rate");
        var slo = Slo.Parse(options.Slo!);
        var experiment = LabPlanning.Plan(options);
        var most = options.Connections is null ? MostConnections : experiment.Connections[^1];
        LoadPlanning.RequireDescriptors(most);
        var placement = Placement.Parse(options.Pin);
        using var generator = new Generator(placement.Generator);
        var found = new List<(string Model, Capacity Capacity)>();
        try
        {
            foreach (var variant in experiment.Variants)
            {
                await error.WriteLineAsync(variant.Label);
                await using var server = await VariantServer.StartAsync(variant, placement, generator, stop);
                await server.WarmUpAsync(experiment.WarmupSeconds, WarmupConnections, 0, stop);
                var search = new CapacitySearch(
                    slo,
                    most,
                    n => server.LoadAsync(n, experiment.Seconds, stop),
                    step =>
                    {
                        stop.ThrowIfCancellationRequested();
                        error.WriteLine(CapacityReport.Line(step, slo));
                    });
                found.Add((variant.Label, await search.RunAsync()));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync("rondo: interrupted; what was found until then:");
        }

        if (jsonFile is not null)
        {
            await ResultFiles.WriteAsync(jsonFile, Json(found, slo, experiment.Work), output);
        }

        if (jsonFile != "-")
        {
            var width = found.Select(f => f.Model.Length).DefaultIfEmpty().Max();
            foreach (var (model, capacity) in found.OrderByDescending(f => f.Capacity.Throughput))
            {
                await output.WriteLineAsync($"{model.PadRight(width)}  {CapacitySearch.Describe(capacity, slo)}");
            }
        }

        return stop.IsCancellationRequested ? LoadExit.Interrupted : found.Max(f => CapacityReport.ExitCode(f.Capacity));
    }

    private static string Json(IEnumerable<(string Model, Capacity Capacity)> found, Slo slo, string work) =>
        CapacityReport.Object(json =>
        {
            json.WriteString("schema", "rondo-lab-capacity/1");
            json.WriteString("work", work);
            json.WriteString("slo", slo.Text);
            json.WriteStartArray("models");
            foreach (var (model, capacity) in found)
            {
                json.WriteStartObject();
                json.WriteString("model", model);
                CapacityReport.Write(json, capacity);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
}
