using System.CommandLine;
using Rondo.Lab.Load.Tool;

namespace Rondo.Cli;

internal static class LoadCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "What to load, such as http://127.0.0.1:8080/" };
        var connections = Number("--connections", "How many connections [default: 8; 64 with --rate]", "-c");
        var most = Number("--max-connections", "With --rate: how many there may be when all are busy");
        var threads = Number("--threads", "How many threads drive them [default: 1]", "-t");
        var duration = Text("--duration", "How long to measure [default: 10s]", "10s", "-d");
        var requests = new Option<long?>("--requests", "-n") { Description = "End after so many", HelpName = "N" };
        var rate = new Option<double?>("--rate", "-r")
        {
            Description = "Requests per second, whether responses come or not; times count from when each is due",
            HelpName = "R",
        };
        var arrivals = new Option<string>("--arrivals")
        {
            Description = "With --rate: evenly or at random",
            HelpName = "uniform|poisson",
            DefaultValueFactory = _ => "uniform",
        };
        arrivals.AcceptOnlyFromAmong("uniform", "poisson");
        var ramp = Text("--ramp", "Grow to the full load in this time, which is not measured", "10s");
        var think = Text("--think", "Pause of each connection between a response and its next request", "1s");
        var timeout = Text("--timeout", "After this a request has failed [default: 10s]", "10s");
        var method = Text("--method", "The method [default: GET]", "M", "-X");
        var header = new Option<string[]>("--header", "-H") { Description = "A header line; repeatable", HelpName = "H" };
        var body = Text("--body", "The body of the request, or the message", "TEXT");
        var bodyFile = Text("--body-file", "... from a file", "FILE");
        var noKeepAlive = new Option<bool>("--no-keepalive") { Description = "A new connection for each request" };
        var http = new Option<string>("--http")
        {
            Description = "2 goes over the platform's client, which costs several times as much",
            HelpName = "1.1|2",
            DefaultValueFactory = _ => "1.1",
        };
        http.AcceptOnlyFromAmong("1.1", "2");
        var streams = Number("--streams", "With --http 2: requests at a time on each connection [default: 1]", "-m");
        var ws = new Option<bool>("--ws") { Description = "Messages over WebSocket, each answered by one; as ws://" };
        var fanOut = new Option<bool>("--ws-fanout")
        {
            Description = "... one more connection sends, all of --connections receive each message",
        };
        var first = Text("--ws-first", "... each connection sends this first, and waits for an answer", "TEXT");
        var wsBinary = new Option<bool>("--ws-binary") { Description = "... binary instead of text" };
        var tlsInsecure = new Option<bool>("--tls-insecure") { Description = "https: take any certificate" };
        var status = Number("--expect-status", "The only right status [default: 200 to 399]");
        var length = new Option<long?>("--expect-length") { Description = "The only right length of a body", HelpName = "N" };
        var sha = Text("--expect-sha", "The only right SHA-256 of a body, in hexadecimal", "HEX");
        var engine = new Option<string>("--engine")
        {
            Description = "What waits for the sockets",
            HelpName = "auto|epoll|portable",
            DefaultValueFactory = _ => "auto",
        };
        engine.AcceptOnlyFromAmong("auto", "epoll", "portable");
        var seed = Number("--seed", "Seed of random arrivals [default: 42]");
        var slo = Text("--slo", "A latency that must hold, else exit 3", "p99<200ms");
        var find = Text("--find", "Find the highest load that meets --slo", "capacity");
        find.AcceptOnlyFromAmong("capacity");
        var owns = new Option<bool>("--i-own-this-host") { Description = "Allow a host that is not this machine" };
        var live = new Option<bool>("--live") { Description = "A line per second, also where there is no terminal" };
        var web = Text("--web", "A page on this machine that shows how it goes; :0 for any free port", ":PORT");
        var json = Text("--json", "Write the result as JSON; - prints it instead of the report", "FILE");
        var csv = Text("--csv", "Write one row per second", "FILE");
        var hdr = Text("--hdr", "Write a log of HdrHistogram, one interval per second", "FILE");
        var html = Text("--html", "Write a page with the result", "FILE");
        var command = new Command("load", "Load a URL and report what it does, honestly.")
        {
            url, connections, most, threads, duration, requests, rate, arrivals, ramp, think, timeout, method, header, body,
            bodyFile, noKeepAlive, http, streams, ws, fanOut, first, wsBinary, tlsInsecure,
            status, length, sha, engine, seed, slo, find, owns, live, web, json, csv, hdr, html,
        }.WithMeasuringExamples(
            "rondo load http://127.0.0.1:8080/healthz",
            "rondo load http://127.0.0.1:8080/ --rate 1000 --duration 30s --slo 'p99<200ms'");
        command.SetAction((parsed, _) => LoadTool.RunAsync(
            new LoadOptions(parsed.GetValue(url)!)
            {
                Connections = parsed.GetValue(connections),
                MaxConnections = parsed.GetValue(most),
                Threads = parsed.GetValue(threads),
                Duration = parsed.GetValue(duration),
                Requests = parsed.GetValue(requests),
                Rate = parsed.GetValue(rate),
                Arrivals = parsed.GetValue(arrivals)!,
                Ramp = parsed.GetValue(ramp),
                Think = parsed.GetValue(think),
                Timeout = parsed.GetValue(timeout),
                Method = parsed.GetValue(method) ?? "GET",
                Headers = parsed.GetValue(header) ?? [],
                Body = parsed.GetValue(body),
                BodyFile = parsed.GetValue(bodyFile),
                NoKeepAlive = parsed.GetValue(noKeepAlive),
                Http = parsed.GetValue(http)!,
                Streams = parsed.GetValue(streams),
                WebSocket = parsed.GetValue(ws),
                FanOut = parsed.GetValue(fanOut),
                FirstMessage = parsed.GetValue(first),
                BinaryMessages = parsed.GetValue(wsBinary),
                TlsInsecure = parsed.GetValue(tlsInsecure),
                ExpectStatus = parsed.GetValue(status),
                ExpectLength = parsed.GetValue(length),
                ExpectSha = parsed.GetValue(sha),
                Engine = parsed.GetValue(engine)!,
                Seed = parsed.GetValue(seed) ?? 42,
                Slo = parsed.GetValue(slo),
                Find = parsed.GetValue(find),
                OwnsHost = parsed.GetValue(owns),
                Live = parsed.GetValue(live),
                Web = parsed.GetValue(web),
                Json = parsed.GetValue(json),
                Csv = parsed.GetValue(csv),
                Hdr = parsed.GetValue(hdr),
                Html = parsed.GetValue(html),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            StandardStreams.ErrorIsTerminal));
        return command;
    }

    private static Option<int?> Number(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = "N" };

    private static Option<string?> Text(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help };
}
