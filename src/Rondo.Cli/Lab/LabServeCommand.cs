using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Rondo.Lab.Models;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Lab;

/// <summary><c>rondo lab serve</c>.</summary>
internal static class LabServeCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8000";

    public static Command Create()
    {
        var name = new Argument<string>("model")
        {
            Description = $"The execution model: {Join(ModelCatalog.Names)}; or one of the currency workshop's "
                + $"servers: {Join(ModelCatalog.CurrencyServers.Keys)}; or '{RatesHandler.Name}', whom they ask",
        };
        name.CompletionSources.Add(_ =>
        [
            .. ModelCatalog.Names.Select(n => ModelCatalog.WithSize(n.Split(':')[0])),
            .. ModelCatalog.CurrencyServers.Keys,
            RatesHandler.Name,
        ]);
        var work = new Option<IRequestHandler?>("--work")
        {
            Description = $"What each request costs: {WorkSpec.Forms}; or {HandlerWork.Form} [default: io:1s]",
            HelpName = "WORK",
            CustomParser = ParseWork,
        };
        var upstream = new Option<Uri?>("--upstream")
        {
            Description = "Where the currency workshop's servers ask for rates, for each request",
            HelpName = "URL",
            CustomParser = argument => ParseUrl(argument),
        };
        var urls = new Option<IPEndPoint?>("--urls")
        {
            Description = $"Where to listen: an IP address and a port, 0 for a free one [default: {DefaultUrl}]",
            HelpName = "URL",
            CustomParser = ParseAddress,
        };
        var port = new Option<ushort?>("--port") { Description = "The port alone", HelpName = "PORT" };
        var idle = new Option<TimeSpan?>("--idle-timeout")
        {
            Description = "How long a client may stay connected without a request, up to 60m [default: 10s]",
            HelpName = "TIME",
            CustomParser = ParseTime,
        };
        var stats = new Option<string?>("--stats")
        {
            Description = "Where to write a line of JSON each second: threads, processes, memory, queue, turns",
            HelpName = "FILE",
        };
        var admit = new Option<int?>("--admit")
        {
            Description = "Answer 503 at once to what comes while so many requests are under way",
            HelpName = "N",
        };
        var slots = new Option<int?>("--slots")
        {
            Description = "Let the work of only so many requests run at a time, as a pool of database connections does",
            HelpName = "N",
        };
        var stall = new Option<(int Every, TimeSpan Time)?>("--stall")
        {
            Description = "Block in one request of so many before its work, in models that await as well",
            HelpName = "N:TIME",
            CustomParser = argument =>
            {
                var text = argument.Tokens[^1].Value;
                var found = HandlerLimits.ParseStall(text);
                Refuse(argument, found is null, $"'{text}' is no stall: 100:100ms for example.");
                return found;
            },
        };
        var controlled = new Option<bool>("--controlled") { Hidden = true };
        var command = new Command(
                "serve",
                "Run one execution model as a web server: any path, 'Howdy!' after the work. Ctrl-C ends it.")
        {
            name, work, upstream, urls, port, idle, stats, admit, slots, stall, controlled,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is not { } model)
            {
                return;
            }

            if (ModelCatalog.CurrencyServers.ContainsKey(model))
            {
                Refuse(result, result.GetValue(upstream) is null, $"'{model}' needs --upstream, the URL of the rates.");
                Refuse(result, result.GetResult(work) is not null, $"'{model}' asks its upstream; it takes no --work.");
            }
            else if (ModelCatalog.Find(model) is null && model != RatesHandler.Name)
            {
                result.AddError($"There is no model '{model}': {Join(ModelCatalog.Names)}, "
                    + $"{Join(ModelCatalog.CurrencyServers.Keys)}.");
            }
            else
            {
                Refuse(
                    result, result.GetValue(upstream) is not null, $"'{model}' asks nobody; it takes no --upstream.");
            }

            foreach (var limit in (Option<int?>[])[admit, slots])
            {
                Refuse(result, result.GetValue(limit) <= 0, $"{limit.Name} must be at least 1.");
            }

            Refuse(
                result,
                result.GetValue(name)?.StartsWith("proc", StringComparison.Ordinal) == true
                    && (result.GetResult(admit) ?? result.GetResult(slots) ?? result.GetResult(stall)) is not null,
                "--admit, --slots and --stall are not for proc: they cannot go to other processes.");
            Refuse(
                result,
                result.GetResult(urls) is not null && result.GetResult(port) is not null,
                "Give --urls or --port, not both.");
        });
        command.SetAction(parsed =>
        {
            var address = parsed.GetValue(urls) ?? new IPEndPoint(IPAddress.Loopback, parsed.GetValue(port) ?? 8000);
            var options = new ServeOptions(
                parsed.GetValue(name)!,
                address,
                parsed.GetValue(idle) ?? HttpConversation.DefaultLimit,
                parsed.GetValue(stats))
            {
                Control = parsed.GetValue(controlled) ? StandardStreams.Input : null,
            };
            var stalls = parsed.GetValue(stall);
            var limits = new HandlerLimits(
                parsed.GetValue(admit), parsed.GetValue(slots), stalls?.Every, stalls?.Time ?? default);
            return Run(options, limits, parsed.GetValue(work), parsed.GetValue(upstream), parsed);
        });
        return command.WithExamples(
            "rondo lab serve loop",
            "rondo lab serve pool:8 --work io:50ms --port 8001",
            "rondo lab serve webserver_threaded --upstream http://127.0.0.1:1234/latest");
    }

    private static int Run(
        ServeOptions options, HandlerLimits limits, IRequestHandler? work, Uri? upstream, ParseResult parsed)
    {
        BusyProcessor.Calibrate();
        using var conversion = upstream is null ? null : new ConversionHandler(upstream);
        var isUpstream = options.Name == RatesHandler.Name;
        var model = ModelCatalog.Find(
            isUpstream ? "loop" : ModelCatalog.CurrencyServers.GetValueOrDefault(options.Name, options.Name))!;
        IRequestHandler inner = conversion is null ? work ?? new HowdyHandler(WorkSpec.Default) : conversion;
        inner = isUpstream ? new RatesHandler((inner as HowdyHandler)?.Work ?? WorkSpec.Default) : inner;
        if (ModelServer.Run(model, limits.Around(inner), options, parsed.InvocationConfiguration.Output) is { } mistake)
        {
            parsed.InvocationConfiguration.Error.WriteLine("rondo: " + mistake);
            return ExitCode.Failed;
        }

        return ExitCode.Ok;
    }

    private static IRequestHandler? ParseWork(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (HandlerWork.Is(text))
        {
            var (handler, mistake) = HandlerWork.Load(text);
            Refuse(argument, mistake is not null, mistake ?? "");
            return handler;
        }

        var work = WorkSpec.Parse(text);
        Refuse(argument, work is null, $"There is no work '{text}': {WorkSpec.Forms}.");
        return work is null ? null : new HowdyHandler(work);
    }

    private static TimeSpan? ParseTime(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (WorkSpec.Time(text) is { } time && time > TimeSpan.Zero)
        {
            return time;
        }

        argument.AddError($"'{text}' is no time: 10s for example.");
        return null;
    }

    private static Uri? ParseUrl(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        argument.AddError($"'{text}' is no URL: http://127.0.0.1:1234/latest for example.");
        return null;
    }

    private static IPEndPoint? ParseAddress(ArgumentResult argument)
    {
        var text = argument.Tokens[^1].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" && url.AbsolutePath is "/"
            && IPAddress.TryParse(url.Host is "localhost" ? "127.0.0.1" : url.Host.Trim('[', ']'), out var address))
        {
            return new IPEndPoint(address, url.Port);
        }

        argument.AddError($"'{text}' is no address to listen on: {DefaultUrl} for example.");
        return null;
    }

    private static void Refuse(SymbolResult result, bool when, string message)
    {
        if (when)
        {
            result.AddError(message);
        }
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);
}
