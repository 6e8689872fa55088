using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rondo.Cli;

/// <summary>Help that ends with an example, which the platform's own has no place for.</summary>
internal sealed class ExampleHelp(HelpAction standard, string[] examples) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = standard.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine();
        return result;
    }
}

internal static class ExampleHelpExtensions
{
    /// <summary>Adds examples to the command's help.</summary>
    public static TCommand WithExamples<TCommand>(this TCommand command, params string[] examples)
        where TCommand : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null)
        {
            help = new HelpOption();
            command.Add(help);
        }

        help.Action = new ExampleHelp((HelpAction)help.Action!, examples);
        return command;
    }
}
