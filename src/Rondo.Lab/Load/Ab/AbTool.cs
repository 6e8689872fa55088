using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;

namespace Rondo.Lab.Load.Ab;

/// <summary><c>rondo ab</c>: ab's flags, ab's report and files.</summary>
internal static class AbTool
{
    private const double LongestSeconds = 24 * 3600;
    private const int Tenths = 10;

    private const string Usage = """
        Usage: ab [options] http://hostname[:port]/path
        Options are:
            -n requests     Number of requests to perform [1]
            -c concurrency  Number of multiple requests to make at a time [1]
            -t timelimit    Seconds to max. to spend on benchmarking; implies -n 50000
            -s timeout      Seconds to max. wait for each response [30]
            -k              Use HTTP KeepAlive feature
            -p postfile     File containing data to POST
            -u putfile      File containing data to PUT
            -T content-type Content-type header to use for POST/PUT data [text/plain]
            -i              Use HEAD instead of GET
            -m method       Method name
            -C attribute    Add cookie, eg. 'Apache=1234' (repeatable)
            -H attribute    Add header line, eg. 'Accept-Encoding: gzip' (repeatable)
            -A attribute    Add basic authentication, name and password separated by a colon
            -l              Accept variable document length
            -r              Don't exit on socket receive errors
            -d              Do not show percentiles served table
            -S              Do not show confidence estimators and warnings
            -q              Do not show progress when doing more than 150 requests
            -e filename     Output CSV file with percentages served
            -g filename     Output collected data to gnuplot format file
            -V              Print version
            --also-json F   Write the result as JSON, too
        """;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code, one of <see cref="LoadExit"/>.</returns>
    public static Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, LoadRunner? run = null) =>
        Personality.RunAsync(
            "ab", Usage, error, stop => RunAsync(arguments, output, error, run ?? LoadRun.RunAsync, stop));

    private static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, LoadRunner run, Interruption interruption)
    {
        var options = new AbOptions(arguments);
        if (options.WantsVersion || options.WantsHelp)
        {
            await output.WriteLineAsync(options.WantsVersion ? "ab 2.3 as spoken by rondo load" : Usage);
            return LoadExit.Ok;
        }

        var target = await TargetUrl.ResolveAsync(
            options.Url ?? throw new LoadException(Personality.NoUrl, LoadExit.Usage),
            ownsHost: false,
            Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
        if (target.Scheme != "http")
        {
            throw new LoadException($"{target.Scheme} is not supported here; rondo load does it", LoadExit.Usage);
        }

        LoadPlanning.RequireDescriptors(options.Concurrency);
        var times = Path.GetTempFileName();
        try
        {
            return await RunAsync(options, target, times, output, error, run, interruption);
        }
        finally
        {
            File.Delete(times);
        }
    }

    private static async Task<int> RunAsync(
        AbOptions options,
        TargetUrl target,
        string times,
        TextWriter output,
        TextWriter error,
        LoadRunner run,
        Interruption interruption)
    {
        var plan = Plan(options, target) with { RequestsFile = times };
        await output.WriteAsync(AbReport.Head(options, target));
        await output.FlushAsync(CancellationToken.None);
        await target.TryConnectAsync(tlsInsecure: true, interruption.Token);
        var progress = new AbProgress(options, error, Math.Max(1, options.Requests / Tenths));
        var result = await run(plan, progress.Show, interruption.Token);
        progress.Finish(result.Counts.Ended);
        var requests = RequestsFile.Read(times);
        await output.WriteAsync(new AbReport(options, target, result, requests).Write());
        if (options.PercentagesFile is { } percentages)
        {
            await ResultFiles.WriteAsync(percentages, AbFiles.Percentages(requests));
        }

        if (options.RequestsFile is { } each)
        {
            await ResultFiles.WriteAsync(each, AbFiles.Requests(requests, result.StartedAt));
        }

        await Personality.WriteJsonAsync(options.JsonFile, plan, result);
        if (interruption.HasCome)
        {
            return LoadExit.Interrupted;
        }

        if (!options.GoesOnAfterErrors && result.Counts.Resets + result.Counts.Timeouts > 0)
        {
            throw new LoadException($"{result.FirstProblem}; -r goes on after such errors");
        }

        return LoadExit.Ok;
    }

    private static LoadPlan Plan(AbOptions options, TargetUrl target) => new()
    {
        Url = target.Url,
        Address = target.Address.ToString(),
        Port = target.Port,
        Request = options.Request(target),
        IsHead = options.Method == "HEAD",
        Connections = options.Concurrency,
        Threads = 1,
        Seconds = options.TimeLimit ?? LongestSeconds,
        Requests = options.Requests,
        TimeoutSeconds = options.TimeoutSeconds,
        KeepAlive = options.KeepsAlive,
        CountsConnecting = true,
        ExpectsOneLength = !options.AcceptsLengths,
        RecordsWrong = true,
        Engine = LoadPlanning.EngineOf("auto"),
    };
}
