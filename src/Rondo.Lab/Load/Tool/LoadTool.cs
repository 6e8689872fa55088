using Rondo.Lab.Load.Targets;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Tool;

/// <summary><c>rondo load</c>.</summary>
internal static class LoadTool
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code, one of <see cref="LoadExit"/>.</returns>
    public static async Task<int> RunAsync(
        LoadOptions options, TextWriter output, TextWriter error, bool isTerminal, LoadRunner? run = null)
    {
        run ??= LoadRun.RunAsync;
        using var interruption = new Interruption();
        try
        {
            var target = await TargetUrl.ResolveAsync(
                options.Url, options.OwnsHost, Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
            var plan = LoadPlanning.Plan(options, target);
            var slo = options.Slo is { } limit ? Slo.Parse(limit) : null;
            var port = options.Web is { } web ? LivePage.Port(web) : -1;
            LoadPlanning.Require(port < 0 || options.Find is null, "--web shows one run, not --find");
            await target.TryConnectAsync(options.TlsInsecure, interruption.Token);
            if (options.Find is not null)
            {
                return await CapacityTool.RunAsync(options, plan, output, error, run, interruption.Token);
            }

            var live = new LiveLine(isTerminal || options.Live ? error : null, isTerminal, plan);
            await using var page = port < 0 ? null : await LivePage.StartAsync(plan, port);
            if (page is not null)
            {
                await error.WriteLineAsync($"rondo: this run is shown at {page.Url}");
            }

            var result = await run(plan, Show, interruption.Token);
            live.Clear();
            await WriteAsync(options, plan, result, output);
            if (page is not null)
            {
                await page.EndAsync(result, interruption.Token);
            }

            return interruption.HasCome ? LoadExit.Interrupted
                : result.Counts.Completed == 0 ? Failed(result, error)
                : slo is null ? LoadExit.Ok
                : Judge(slo, plan, result, error);

            void Show(LoadSecond second)
            {
                live.Show(second);
                page?.Show(second);
            }
        }
        catch (LoadException e)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("rondo: interrupted before there was anything to report");
            return LoadExit.Interrupted;
        }
    }

    private static int Failed(LoadResult result, TextWriter error)
    {
        error.WriteLine($"rondo: no request was answered well: {result.FirstProblem ?? "no answer came until the end"}");
        return LoadExit.TargetFailed;
    }

    // A limit says something of the target only if the generator was able to measure it.
    private static int Judge(Slo slo, LoadPlan plan, LoadResult result, TextWriter error)
    {
        var value = LoadText.Time(slo.Value(result) * 1e9);
        if (slo.IsMet(result))
        {
            return LoadExit.Ok;
        }

        var own = LoadChecks.Of(plan, result).Where(c => !c.Passed && c.SparesTarget).Select(c => c.Code).ToList();
        error.WriteLine(own.Count > 0
            ? $"rondo: {slo.Text} is missed ({value}), but this may be the generator: {string.Join(", ", own)}"
            : $"rondo: {slo.Text} is missed: {value}");
        return own.Count > 0 ? LoadExit.NotMeasurable : LoadExit.ThresholdMissed;
    }

    private static async Task WriteAsync(LoadOptions options, LoadPlan plan, LoadResult result, TextWriter output)
    {
        var checks = LoadChecks.Of(plan, result);
        var report = LoadText.Write(plan, result, checks);
        var json = LoadJson.Write(plan, result, checks);
        if (options.Json != "-")
        {
            await output.WriteAsync(report);
        }

        if (options.Json is { } jsonFile)
        {
            await ResultFiles.WriteAsync(jsonFile, json, output);
        }

        if (options.Csv is { } csv)
        {
            await ResultFiles.WriteAsync(csv, LoadCsv.Write(result));
        }

        if (options.Html is { } html)
        {
            await ResultFiles.WriteAsync(html, LoadHtml.Write(plan, result, report, json));
        }

        if (options.Hdr is { } hdr)
        {
            var log = new StringWriter();
            HistogramLog.Write(
                log,
                result.StartedAt,
                result.Seconds.Select((s, i) => (
                    TimeSpan.FromSeconds(
                        i + 1 < result.Seconds.Count ? result.Seconds[i + 1].Second - s.Second : 1),
                    s.Latency.Restore())));
            await ResultFiles.WriteAsync(hdr, log.ToString());
        }
    }
}
