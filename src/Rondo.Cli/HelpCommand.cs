using System.CommandLine;
using Rondo.Services.Hosting;

namespace Rondo.Cli;

/// <summary><c>rondo help</c>: as <c>--help</c> behind the verb.</summary>
internal static class HelpCommand
{
    private const string Option = "--help";

    public static Command Create()
    {
        var verb = new Argument<string[]>("verb")
        {
            Description = "Which one; without it all are listed",
            Arity = ArgumentArity.ZeroOrMore,
        };
        verb.CompletionSources.Add(context => Listed(context.ParseResult.RootCommandResult.Command).Select(c => c.Name));
        var command = new Command("help", "Tell what a verb does: its arguments, options, examples and exit codes.") { verb }
            .WithExamples("rondo help up", "rondo help lab run");
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] path = parsed.GetValue(verb) ?? [];
            if (Personalities.Of([.. path, Option]) is { } run)
            {
                return await run(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            }

            var found = parsed.RootCommandResult.Command;
            foreach (var name in path)
            {
                if (found.Subcommands.FirstOrDefault(c => c.Name == name) is not { } next)
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync(
                        $"rondo: There is no '{name}' here: {string.Join(", ", Listed(found).Select(c => c.Name))}.");
                    return ExitCode.Usage;
                }

                found = next;
            }

            var help = parsed.RootCommandResult.Command.Parse([.. path, Option]);
            return await help.InvokeAsync(parsed.InvocationConfiguration, cancellation);
        });
        return command;
    }

    private static IEnumerable<Command> Listed(Command command) => command.Subcommands.Where(c => !c.Hidden);
}
