using System.CommandLine.Help;
using Rondo.Cli;
using Rondo.Cli.Completion;
using Rondo.Services.Hosting;

if (Personalities.Of(args) is { } run)
{
    return await run(StandardStreams.Output, StandardStreams.Error);
}

var root = Verbs.Create();
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is not (ExampleHelp or HelpAction or Suggestions))
{
    foreach (var error in parsed.Errors)
    {
        await parsed.InvocationConfiguration.Error.WriteLineAsync("rondo: " + error.Message);
    }

    await parsed.InvocationConfiguration.Error.WriteLineAsync("Try 'rondo --help', or '--help' after a command.");
    return ExitCode.Usage;
}

// The server listens to the signals itself, so that it can finish the requests in flight.
parsed.InvocationConfiguration.ProcessTerminationTimeout = null;
return await parsed.InvokeAsync();
