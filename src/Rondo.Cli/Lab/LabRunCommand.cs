using System.CommandLine;
using Rondo.Lab;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Scenarios;
using Rondo.Lab.Models;

namespace Rondo.Cli.Lab;

/// <summary><c>rondo lab run</c>.</summary>
internal static class LabRunCommand
{
    public static Command Create()
    {
        var scenario = new Argument<string?>("scenario")
        {
            Description = "A named experiment instead of --work: "
                + string.Join(", ", ScenarioCatalog.All.Select(s => s.Name)),
            Arity = ArgumentArity.ZeroOrOne,
        };
        scenario.CompletionSources.Add(_ => ScenarioCatalog.All.Select(s => s.Name));
        var work = Text(
            "--work",
            $"What each request costs: {WorkSpec.Forms}, {HandlerWork.Form}, url:URL [default: io:50ms]",
            "WORK");
        var models = Text("--models", $"Which models [default: {LabPlanning.AllModels}]", "LIST");
        var connections = Text(
            "--connections", "A list, or a range, which doubles: 1..1024 [default: 1,4,16,64,256,1024]", "LIST");
        var rate = Text(
            "--rate",
            "An open load, at random, instead of a closed one: requests per second, or shares of what each model serves at "
                + "most (50%,90% or 10%..120%)",
            "R");
        var find = Text("--find", "Find the highest load with which each model meets --slo", "capacity");
        find.AcceptOnlyFromAmong("capacity");
        var slo = Text("--slo", "The latency that must hold for --find", "p99<200ms");
        var pin = Text(
            "--pin", "Which processors the generator and the servers have, such as 0:1-3; or none [default: auto]", "LIST:LIST");
        var rounds = new Option<int?>("--rounds") { Description = "How often each cell [default: 6]", HelpName = "N" };
        var duration = Text("--duration", "How long each cell is measured [default: 2s]", "TIME");
        var warmup = Text("--warmup", "How long each server is warmed up [default: auto]", "auto|TIME");
        var seed = new Option<int?>("--seed") { Description = "Of every chance [default: 42]", HelpName = "N" };
        var quick = new Option<bool>("--quick") { Description = "One round of 3 s, without a verdict" };
        var expect = Text("--expect", "Limits, a line each: 'loop 64 throughput = 1280 +- 15%'; else exit 3", "FILE");
        var json = Text("--json", "Write the result as JSON; - prints it instead of the report", "FILE");
        var csv = Text("--csv", "Write a row per cell", "FILE");
        var hdr = Text("--hdr", "Write a log of HdrHistogram per cell", "DIR");
        var report = Text("--report", "Write a page with charts, tables and the JSON", "FILE");
        var svg = Text("--svg", "Write every chart as SVG", "DIR");
        var png = Text("--png", "Write every chart as PNG", "DIR");
        var ascii = new Option<bool>("--ascii") { Description = "Draw the plots with nothing beyond ASCII" };
        var from = Text("--from", "Report this stored result (JSON or a page), without measuring", "FILE");
        var command = new Command("run", "Compare execution models: predict, measure in rounds, and judge.")
        {
            scenario, work, models, connections, rate, rounds, duration, warmup, seed, quick, find, slo, pin, expect, json, csv, hdr,
            report, svg, png, ascii, from,
        }.WithMeasuringExamples(
            "rondo lab run --work io:50ms --models sync,loop,pool:8 --connections 64 --quick",
            "rondo lab run --work mix:45ms+5ms --json result.json",
            "rondo lab run --models loop,pool:64 --rate 10%..120% --report load.html",
            "rondo lab run --models loop,pool:64 --find capacity --slo 'p99<200ms'",
            "rondo lab run --from result.json --report result.html --svg charts");
        command.SetAction((parsed, _) => LabTool.RunAsync(
            new LabOptions
            {
                Scenario = parsed.GetValue(scenario),
                Work = parsed.GetValue(work),
                Models = parsed.GetValue(models),
                Connections = parsed.GetValue(connections),
                Rate = parsed.GetValue(rate),
                Rounds = parsed.GetValue(rounds),
                Duration = parsed.GetValue(duration),
                Warmup = parsed.GetValue(warmup),
                Seed = parsed.GetValue(seed),
                Quick = parsed.GetValue(quick),
                Find = parsed.GetValue(find),
                Slo = parsed.GetValue(slo),
                Pin = parsed.GetValue(pin),
                Command = "rondo " + string.Join(' ', parsed.Tokens.Select(t => t.Value)),
            },
            new LabOutput
            {
                Json = parsed.GetValue(json),
                Csv = parsed.GetValue(csv),
                Hdr = parsed.GetValue(hdr),
                Report = parsed.GetValue(report),
                Svg = parsed.GetValue(svg),
                Png = parsed.GetValue(png),
                Columns = StandardStreams.Columns,
                IsAscii = parsed.GetValue(ascii),
                HasColor = StandardStreams.OutputHasColor,
                From = parsed.GetValue(from),
                Expect = parsed.GetValue(expect),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            StandardStreams.ErrorIsTerminal));
        return command;
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };
}
