using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Rondo.Lab.Load;
using Rondo.Services.Hosting;

namespace Rondo.Cli;

/// <summary>Help that ends with examples and exit codes, which the platform's own has no place for.</summary>
internal sealed class ExampleHelp(HelpAction standard, string[] examples) : SynchronousCommandLineAction
{
    private static readonly (int Code, string Meaning)[] Common =
    [
        (ExitCode.Ok, "done"),
        (ExitCode.Failed, "it could not be done; the message says why"),
        (ExitCode.Usage, "the command line was not understood"),
    ];

    private static readonly (int Code, string Meaning)[] Measuring =
    [
        .. Common,
        (LoadExit.ThresholdMissed, "a limit that was asked for is missed"),
        (LoadExit.NotMeasurable, "the figures do not say: the generator or the machine was the bottleneck"),
        (LoadExit.Interrupted, "interrupted; the report is of what was measured until then"),
    ];

    public IReadOnlyList<string> Examples => examples;

    /// <summary>Whether the command measures, and so has more ways to end.</summary>
    public bool Measures { get; init; }

    public override int Invoke(ParseResult parseResult)
    {
        var result = standard.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine("\nExit codes:");
        foreach (var (code, meaning) in Measures ? Measuring : Common)
        {
            output.WriteLine($"  {code,-3}  {meaning}");
        }

        output.WriteLine();
        return result;
    }
}

internal static class ExampleHelpExtensions
{
    /// <summary>Adds examples and exit codes to the command's help.</summary>
    public static TCommand WithExamples<TCommand>(this TCommand command, params string[] examples)
        where TCommand : Command => With(command, examples, measures: false);

    /// <summary>As <see cref="WithExamples"/>, of a command that measures.</summary>
    public static TCommand WithMeasuringExamples<TCommand>(this TCommand command, params string[] examples)
        where TCommand : Command => With(command, examples, measures: true);

    private static TCommand With<TCommand>(TCommand command, string[] examples, bool measures)
        where TCommand : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null)
        {
            help = new HelpOption();
            command.Add(help);
        }

        help.Action = new ExampleHelp((HelpAction)help.Action!, examples) { Measures = measures };
        return command;
    }
}
