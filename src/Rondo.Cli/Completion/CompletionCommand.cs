using System.CommandLine;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Completion;

/// <summary><c>rondo completion</c>: what makes a shell ask <see cref="Suggestions"/>.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "Which shell" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print what a shell needs to complete verbs, options and names.") { shell }
            .WithExamples("source <(rondo completion bash)", "rondo completion fish");
        command.SetAction(parsed =>
        {
            using var script = typeof(CompletionCommand).Assembly
                .GetManifestResourceStream("rondo." + parsed.GetValue(shell))!;
            using var text = new StreamReader(script);
            parsed.InvocationConfiguration.Output.Write(text.ReadToEnd());
            return ExitCode.Ok;
        });
        return command;
    }
}
