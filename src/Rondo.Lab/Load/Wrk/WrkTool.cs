using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;

namespace Rondo.Lab.Load.Wrk;

/// <summary><c>rondo wrk</c>: wrk's flags, wrk's report.</summary>
internal static class WrkTool
{
    private const string Usage = """
        Usage: wrk <options> <url>
          Options:
            -c, --connections <N>  Connections to keep open [10]
            -d, --duration    <T>  Duration of test [10s]
            -t, --threads     <N>  Number of threads to use [2]

            -H, --header      <H>  Add header to request
                --latency          Print latency statistics
                --timeout     <T>  Socket/request timeout [2s]
            -v, --version          Print version details
                --also-json   <F>  Write the result as JSON, too

          Numeric arguments may include a SI unit (1k, 1M, 1G)
          Time arguments may include a time unit (2s, 2m, 2h)
        """;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code, one of <see cref="LoadExit"/>.</returns>
    public static Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, LoadRunner? run = null) =>
        Personality.RunAsync(
            "wrk", Usage, error, stop => RunAsync(arguments, output, run ?? LoadRun.RunAsync, stop));

    private static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, LoadRunner run, Interruption interruption)
    {
        var line = new CommandLine(
            "cdtsHTJ", "vLh", ("connections", 'c'), ("duration", 'd'), ("threads", 't'), ("script", 's'), ("header", 'H'),
            ("latency", 'L'), ("timeout", 'T'), ("version", 'v'), ("help", 'h'), ("also-json", 'J'));
        line.Read(arguments);
        if (line.Has('v') || line.Has('h'))
        {
            await output.WriteLineAsync(line.Has('v') ? "wrk 4 as spoken by rondo load" : Usage);
            return LoadExit.Ok;
        }

        if (line.Has('s'))
        {
            throw new LoadException("scripts (-s) are not supported: there is no Lua here", LoadExit.Usage);
        }

        if (line.Rest is not [var url])
        {
            throw new LoadException(line.Rest.Count == 0 ? Personality.NoUrl : "one URL, please", LoadExit.Usage);
        }

        var target = await TargetUrl.ResolveAsync(
            url, ownsHost: false, Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
        if (target.IsWebSocket)
        {
            throw new LoadException($"{target.Scheme} is not supported here; rondo load does it", LoadExit.Usage);
        }

        var plan = Plan(line, target);
        await target.TryConnectAsync(tlsInsecure: true, interruption.Token);
        await output.WriteAsync(WrkReport.Head(plan));
        await output.FlushAsync(CancellationToken.None);
        var result = await run(plan, _ => { }, interruption.Token);
        await output.WriteAsync(WrkReport.Body(plan, result, line.Has('L')));
        await Personality.WriteJsonAsync(line.Value('J'), plan, result);
        return interruption.HasCome ? LoadExit.Interrupted : LoadExit.Ok;
    }

    private static LoadPlan Plan(CommandLine line, TargetUrl target)
    {
        var connections = (int)Math.Min(Personality.Count(line, 'c', 10), int.MaxValue);
        var threads = (int)Math.Min(Personality.Count(line, 't', 2), int.MaxValue);
        if (threads < 1 || connections < threads)
        {
            throw new LoadException("number of connections must be >= threads", LoadExit.Usage);
        }

        LoadPlanning.RequireDescriptors(connections);
        var request = new RequestText("GET", "1.1", target);
        foreach (var header in line.Values('H'))
        {
            request.Add(header);
        }

        return new LoadPlan
        {
            Url = target.Url,
            Address = target.Address.ToString(),
            Port = target.Port,
            TlsHost = target.TlsHost,
            TlsInsecure = true,
            Request = request.Build([]),
            Connections = connections,
            Threads = threads,
            Seconds = Personality.Seconds(line, 'd', 10),
            TimeoutSeconds = Personality.Seconds(line, 'T', 2),
            CountsFromSend = true,
            RecordsWrong = true,
            Engine = LoadPlanning.EngineOf("auto"),
        };
    }
}
