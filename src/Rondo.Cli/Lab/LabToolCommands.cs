using System.CommandLine;
using Rondo.Lab;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Models;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Lab;

/// <summary>The verbs of the lab beside running and serving.</summary>
internal static class LabToolCommands
{
    public static Command Compare()
    {
        var earlier = new Argument<string>("earlier") { Description = "A stored result" };
        var later = new Argument<string>("later") { Description = "A stored result" };
        var failIf = new Option<string?>("--fail-if")
        {
            Description = "End with 3 if a level is so much worse, beyond chance",
            HelpName = "worse>5%",
        };
        var command = new Command("compare", "Compare two stored results, level by level.") { earlier, later, failIf }
            .WithMeasuringExamples("rondo lab compare before.json after.json --fail-if 'worse>5%'");
        command.SetAction(parsed => CompareTool.Run(
            parsed.GetValue(earlier)!,
            parsed.GetValue(later)!,
            parsed.GetValue(failIf),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    public static Command Predict()
    {
        var wait = Time("--wait", "How long a request waits at no cost", "50ms");
        var cpu = Time("--cpu", "How long it keeps a processor busy", "0ms");
        var cores = Number("--cores", "Processors of the server", 1);
        var pool = Number("--pool", "Threads of the pool", 64);
        var connections = new Option<string?>("--connections")
        {
            Description = "A list, or a range, which doubles [default: 1,4,16,64,256,1024]",
            HelpName = "LIST",
        };
        var rate = new Option<double?>("--rate")
        {
            Description = "An open load of so many requests per second, by M/M/c, instead of a closed one",
            HelpName = "R",
        };
        var command = new Command("predict", "Say what queueing theory expects of each model, without a run.")
        {
            wait, cpu, cores, pool, connections, rate,
        }.WithExamples(
            "rondo lab predict --wait 45ms --cpu 5ms --pool 10", "rondo lab predict --wait 50ms --rate 150 --pool 8");
        command.SetAction(parsed => PredictTool.Run(
            parsed.GetValue(wait)!,
            parsed.GetValue(cpu)!,
            parsed.GetValue(cores),
            parsed.GetValue(pool),
            parsed.GetValue(connections),
            parsed.GetValue(rate),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    public static Command Fit()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A CSV of concurrency and throughput; without it the input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("fit", "Fit the universal scalability law and the bounds to measured throughput.") { file }
            .WithExamples("rondo lab fit measured.csv");
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(file) is not { } path)
            {
                return FitTool.Run(StandardStreams.Input, "the input", output, error);
            }

            try
            {
                using var reader = File.OpenText(path);
                return FitTool.Run(reader, path, output, error);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                error.WriteLine("rondo: " + e.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }

    public static Command Explain()
    {
        var code = new Argument<string?>("code")
        {
            Description = "The check's name; without it all are listed",
            Arity = ArgumentArity.ZeroOrOne,
        };
        code.CompletionSources.Add(_ => Explanation.All.Select(e => e.Code));
        var command = new Command("explain", "Say what a check means, and what to do about it.") { code }
            .WithExamples("rondo lab explain steal");
        command.SetAction(parsed => ExplainTool.Run(
            parsed.GetValue(code), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    public static Command Noise()
    {
        var duration = new Argument<string>("duration")
        {
            Description = "How long to measure",
            DefaultValueFactory = _ => "10s",
        };
        var command = new Command(
                "noise", "Measure a model against itself: the smallest difference that this machine can show.")
            { duration }.WithMeasuringExamples("rondo lab noise 10s");
        command.Validators.Add(result =>
        {
            // With --help there are no values, not even the default.
            if (result.GetValue(duration) is { } text && WorkSpec.Time(text) is null or { Ticks: 0 })
            {
                result.AddError($"'{text}' is no time: 10s for example.");
            }
        });
        command.SetAction((parsed, _) => NoiseTool.RunAsync(
            WorkSpec.Time(parsed.GetValue(duration)!)!.Value.TotalSeconds,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            StandardStreams.ErrorIsTerminal));
        return command;
    }

    public static Command Watch()
    {
        var target = new Argument<string>("target") { Description = "The id of a process, or the URL of a service" };
        var duration = new Option<string?>("--duration")
        {
            Description = "How long [default: until Ctrl-C]",
            HelpName = "TIME",
        };
        var command = new Command(
                "watch",
                "Look at threads, queue and turns second by second; says when a thread pool starves.")
            { target, duration }.WithExamples("rondo lab watch 4711", "rondo lab watch http://127.0.0.1:8080");
        command.Validators.Add(result =>
        {
            if (result.GetValue(duration) is { } text && WorkSpec.Time(text) is null)
            {
                result.AddError($"'{text}' is no time: 10s for example.");
            }
        });
        command.SetAction((parsed, _) => WatchTool.RunAsync(
            parsed.GetValue(target)!,
            parsed.GetValue(duration) is { } text ? WorkSpec.Time(text)!.Value.TotalSeconds : null,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Option<string> Time(string name, string description, string otherwise) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => otherwise,
    };

    private static Option<int> Number(string name, string description, int otherwise) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
    };
}
