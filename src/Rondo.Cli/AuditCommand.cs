using System.CommandLine;
using Rondo.Services.Auth;

namespace Rondo.Cli;

internal static class AuditCommand
{
    public static Command Create() => new Command("audit", "Check the audit of a data folder or a database.") { Verify() }
        .WithExamples("rondo audit verify");

    private static Command Verify()
    {
        var data = CommonOptions.Data();
        var database = CommonOptions.DatabaseFile();
        var head = new Option<string?>("--head")
        {
            Description = "A head that was printed before, and must still be there",
            HelpName = "HASH",
        };
        var command = new Command(
            "verify", "Check that every event of the audit is linked to the one before; prints the newest hash.")
        {
            head, data, database, CommonOptions.Database(),
        }.WithExamples("rondo audit verify");
        command.SetAction((parsed, _) => AuditTool.VerifyAsync(
            parsed.GetValue(head), parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }
}
