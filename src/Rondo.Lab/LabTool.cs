using Rondo.Charts.Pages;
using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Experiments.Scenarios;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Measuring;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary><c>rondo lab run</c>.</summary>
internal static class LabTool
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code, one of <see cref="LoadExit"/>.</returns>
    public static async Task<int> RunAsync(
        LabOptions options, LabOutput files, TextWriter output, TextWriter error, bool isTerminal)
    {
        using var interruption = new Interruption();
        try
        {
            if (options.Find is not null || options.Slo is not null)
            {
                return await ModelCapacityTool.RunAsync(options, files.Json, output, error, interruption.Token);
            }

            var expectations = files.Expect is { } file ? Expectation.ReadAll(file) : [];
            var report = files.Json == "-" ? error : output;
            var result = files.From is { } stored
                ? Read(stored)
                : await MeasureAsync(options, new LabProgress(report, error, isTerminal), interruption.Token);
            if (result is { IsPartial: true, Predictions.Count: 0 } && files.From is null)
            {
                await error.WriteLineAsync("rondo: interrupted before there was anything to report");
                return LoadExit.Interrupted;
            }

            result = Analysis.Complete(result);
            await WriteAsync(result, files, output);
            return interruption.HasCome ? LoadExit.Interrupted : Judge(result, expectations, error);
        }
        catch (ExperimentException e)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return e.ExitCode;
        }
        catch (LoadException e)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return e.ExitCode;
        }
    }

    /// <summary>Reads a stored result: JSON, or a page that holds it.</summary>
    /// <exception cref="ExperimentException">It cannot be read, or is none.</exception>
    public static LabResult Read(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            return LabJson.Read(ChartPage.DataOf(text) ?? text);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"'{file}': {e.Message}", LoadExit.Usage);
        }
    }

    private static async Task<LabResult> MeasureAsync(LabOptions options, LabProgress progress, CancellationToken stop)
    {
        var experiment = options.Scenario is { } name ? Scenario(name, options)
            : RateSweep.Is(options.Rate) ? RateSweep.Plan(options)
            : LabPlanning.Plan(options);
        LoadPlanning.RequireDescriptors(experiment.Connections[^1]);
        using var run = new ExperimentRun(experiment, Placement.Parse(options.Pin), progress);
        return await run.RunAsync(stop);
    }

    private static Experiment Scenario(string name, LabOptions options)
    {
        LabPlanning.Require(
            ScenarioCatalog.Find(name) is not null,
            $"There is no scenario '{name}': {string.Join(", ", ScenarioCatalog.All.Select(s => s.Name))}");
        LabPlanning.Require(
            options is { Work: null, Models: null, Rate: null },
            "--work, --models and --rate are not for a scenario, which decides them");
        return LabPlanning.Adjust(ScenarioCatalog.Find(name)!.ToExperiment(options.Command), options);
    }

    private static async Task WriteAsync(LabResult result, LabOutput files, TextWriter output)
    {
        // First, what all the rest can be made from again.
        if (files.Json is { } jsonFile)
        {
            await ResultFiles.WriteAsync(jsonFile, LabJson.Write(result), output);
        }

        if (files.Json != "-")
        {
            await output.WriteAsync(LabText.Write(result));
            await output.WriteAsync(
                "\n" + LabCharts.Terminal(result, files.Columns, files.IsAscii, files.HasColor));
        }

        if (files.Csv is { } csv)
        {
            await ResultFiles.WriteAsync(csv, LabCsv.Write(result));
        }

        await LabFiles.WriteAsync(result, files);
        if (files.Hdr is { } folder)
        {
            await WriteHistogramsAsync(result, folder);
        }
    }

    private static async Task WriteHistogramsAsync(LabResult result, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"cannot write '{folder}': {e.Message}");
        }

        foreach (var cell in result.Cells.Where(c => c.Latency is not null))
        {
            var log = new StringWriter();
            HistogramLog.Write(
                log,
                result.StartedAt + TimeSpan.FromSeconds(cell.StartSecond),
                [(TimeSpan.FromSeconds(cell.ElapsedSeconds), cell.Latency!.Restore())]);
            var name = $"{cell.Model}-{cell.Connections}-{cell.Round}.hdr";
            await ResultFiles.WriteAsync(
                Path.Combine(folder, string.Join('_', name.Split(Path.GetInvalidFileNameChars()))), log.ToString());
        }
    }

    // A limit says something of the servers only if they could be measured.
    private static int Judge(LabResult result, IReadOnlyList<Expectation> expectations, TextWriter error)
    {
        var isMeasured = result.Checks.All(c => c.Pass);
        var missed = expectations.Where(e => !e.IsMet(result)).ToList();
        foreach (var expectation in missed)
        {
            error.WriteLine($"rondo: missed: {expectation.Text} (it is {Figure.Number(expectation.ValueOf(result))})"
                + (isMeasured ? "" : ", but this may be the machine"));
        }

        return result.Cells.All(c => c.Counts is null or { Completed: 0 }) ? LoadExit.TargetFailed
            : !isMeasured ? LoadExit.NotMeasurable
            : missed.Count > 0 ? LoadExit.ThresholdMissed
            : LoadExit.Ok;
    }
}
