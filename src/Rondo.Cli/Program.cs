using System.CommandLine;
using System.CommandLine.Help;
using Rondo.Cli;
using Rondo.Cli.Inspect;
using Rondo.Cli.Lab;
using Rondo.Services.Hosting;

if (Personalities.Of(args) is { } run)
{
    return await run(StandardStreams.Output, StandardStreams.Error);
}

var root = new RootCommand("Rondo: live services for a shared place, in one process and one folder.")
{
    UpCommand.Create(),
    ServeCommand.Create(),
    ConvertCommand.Create(),
    CurrencyCommand.Create(),
    WeatherCommand.Create(),
    NoiseCommand.Create(),
    LoadCommand.Create(),
    Personalities.Wrk(),
    Personalities.Ab(),
    LabCommand.Create(),
    BackupCommands.Backup(),
    BackupCommands.Restore(),
    StreamsCommand.Create(),
    KeyCommand.Create(),
    AuditCommand.Create(),
    InspectCommands.Ps(),
    InspectCommands.PsTree(),
    InspectCommands.Stack(),
    InspectCommands.Read(),
};
root.Add(CommonOptions.Verbose);
root.WithExamples("rondo up", "rondo convert USD 100");

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is not (ExampleHelp or HelpAction))
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
