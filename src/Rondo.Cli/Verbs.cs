using System.CommandLine;
using System.CommandLine.Completions;
using Rondo.Cli.Completion;
using Rondo.Cli.Inspect;
using Rondo.Cli.Lab;

namespace Rondo.Cli;

/// <summary>What <c>rondo</c> understands.</summary>
internal static class Verbs
{
    public static RootCommand Create()
    {
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
            DoctorCommand.Create(),
            StreamsCommand.Create(),
            KeyCommand.Create(),
            AuditCommand.Create(),
            InspectCommands.Ps(),
            InspectCommands.PsTree(),
            InspectCommands.Stack(),
            InspectCommands.Read(),
            CompletionCommand.Create(),
            HelpCommand.Create(),
        };
        root.Add(CommonOptions.Verbose);
        var suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new Suggestions(suggest);
        return root.WithExamples("rondo up", "rondo convert USD 100");
    }
}
