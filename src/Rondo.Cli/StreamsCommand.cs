using System.CommandLine;
using Rondo.Services.Streams;

namespace Rondo.Cli;

internal static class StreamsCommand
{
    public static Command Create() => new Command(
        "streams", "Keep the event streams of a data folder or a database: export, import, verify, repair.")
    {
        Export(), Import(), Verify(), Repair(),
    }.WithExamples("rondo streams verify", "rondo streams export backup.jsonl");

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "The file to write; it must not exist yet" };
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command(
            "export", "Write all streams as JSON lines, as of one moment; a server may go on meanwhile.")
        {
            file, database, data, CommonOptions.Database(),
        }.WithExamples("rondo streams export backup.jsonl");
        command.SetAction((parsed, _) => StreamTool.ExportAsync(
            parsed.GetValue(file)!, parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "What 'export' has written" };
        var keep = new Option<bool>("--keep-epoch")
        {
            Description = "Keep the cursors of clients valid: for a folder that moves, not for a backup that is older",
        };
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command(
            "import",
            "Take an export into a store without streams, whole or not at all. Stop the server of a data folder first.")
        {
            file, keep, database, data, CommonOptions.Database(),
        }.WithExamples("rondo streams import backup.jsonl");
        command.SetAction((parsed, _) => StreamTool.ImportAsync(
            parsed.GetValue(file)!, parsed.GetValue(keep), parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Verify()
    {
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command("verify", "Check that the store is sound and that no stream has a gap.")
        {
            database, data, CommonOptions.Database(),
        }.WithExamples("rondo streams verify");
        command.SetAction((parsed, _) => StreamTool.VerifyAsync(
            parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Repair()
    {
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command(
            "repair", "Save what can be read of a damaged file; clients start anew. Stop the server first.")
        {
            database, data, CommonOptions.Database(),
        }.WithExamples("rondo streams repair");
        command.SetAction((parsed, _) => StreamTool.RepairAsync(
            parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }
}
