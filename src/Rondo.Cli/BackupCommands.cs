using System.CommandLine;
using System.Globalization;
using Rondo.Services.Backup;

namespace Rondo.Cli;

/// <summary>The commands that write a backup and put it back.</summary>
internal static class BackupCommands
{
    public static Command Backup()
    {
        var file = new Argument<string>("file") { Description = "The archive to write; it must not exist yet" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace an archive that is there" };
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command(
            "backup", "Write everything that is kept into one archive, as of one moment; servers may go on meanwhile.")
        {
            file, overwrite, data, database, CommonOptions.Database(),
        }.WithExamples("rondo backup rondo.zip", "rondo backup rondo.zip --data ./rondo-data --overwrite");
        command.SetAction(async (parsed, _) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var progress = StandardStreams.ErrorIsTerminal ? new BackupProgress(error) : null;
            return await BackupTool.BackupAsync(
                new BackupOptions
                {
                    File = parsed.GetValue(file)!,
                    Overwrite = parsed.GetValue(overwrite),
                    DataFolder = parsed.GetValue(data),
                    DatabaseFile = parsed.GetValue(database),
                    Progress = progress is null ? null : progress.Show,
                },
                output, error);
        });
        return command;
    }

    public static Command Restore()
    {
        var file = new Argument<string>("file") { Description = "What 'rondo backup' has written" };
        var move = new Option<string?>("--move-old-to")
        {
            Description = "Where to move a data folder that is not empty",
            HelpName = "DIR",
        };
        var keep = new Option<bool>("--keep-epoch")
        {
            Description = "Keep the cursors of clients valid: for a place that moves, not for a backup that is older",
        };
        var (database, data) = (CommonOptions.DatabaseFile(), CommonOptions.Data());
        var command = new Command(
            "restore", "Put a backup into an empty folder, whole or not at all. Stop the server of that folder first.")
        {
            file, move, keep, data, database, CommonOptions.Database(),
        }.WithExamples(
            "rondo restore rondo.zip --data ./rondo-data",
            "rondo restore rondo.zip --data ./rondo-data --move-old-to ./rondo-data.old");
        command.SetAction((parsed, _) => BackupTool.RestoreAsync(
            new RestoreOptions
            {
                File = parsed.GetValue(file)!,
                DataFolder = parsed.GetValue(data),
                MoveOldTo = parsed.GetValue(move),
                DatabaseFile = parsed.GetValue(database),
                KeepEpoch = parsed.GetValue(keep),
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>One line of a terminal, written over and over, and empty at the end.</summary>
    private sealed class BackupProgress(TextWriter terminal) : IDisposable
    {
        private string _shown = "";

        public void Show(string part, long done, long total)
        {
            var text = string.Create(
                CultureInfo.InvariantCulture, $"  {part,-7} {100.0 * done / total,3:0} %  {done} of {total}");
            if (text != _shown)
            {
                terminal.Write("\r" + text.PadRight(_shown.Length));
                _shown = text;
            }
        }

        public void Dispose() => terminal.Write("\r" + new string(' ', _shown.Length) + "\r");
    }
}
