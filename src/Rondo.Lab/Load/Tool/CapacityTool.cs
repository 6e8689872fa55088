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
                error.WriteLine(CapacityReport.Line(step, slo));
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
        }

        return CapacityReport.ExitCode(capacity);
    }

    private static string Json(Capacity capacity, Slo slo, LoadPlan plan) => CapacityReport.Object(json =>
    {
        json.WriteString("schema", "rondo-capacity/1");
        json.WriteString("url", plan.Url);
        json.WriteString("slo", slo.Text);
        CapacityReport.Write(json, capacity);
    });
}
