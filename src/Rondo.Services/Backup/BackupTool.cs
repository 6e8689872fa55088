using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Backup;

/// <summary>Backups in the terminal, <c>rondo backup</c> and <c>rondo restore</c>.</summary>
/// <threadsafety>Every member from any thread; two restores into one folder refuse each other.</threadsafety>
public static class BackupTool
{
    private const double Mega = 1024 * 1024;

    /// <summary>Writes all that a place keeps into one archive, also beside running servers.</summary>
    /// <param name="options">What, and where to.</param>
    /// <param name="output">Gets what was written.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the place or the file cannot be used.</returns>
    public static Task<int> BackupAsync(BackupOptions options, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        return RunAsync(error, async () =>
        {
            var address = PostgresAddress.Find(options.DatabaseFile);
            var source = new BackupSource(
                DataFolder.Resolve(options.DataFolder), address, TimeProvider.System, options.Progress);
            using var writer = new BackupWriter(options.File, options.Overwrite);
            var manifest = await source.WriteAsync(writer.Archive);
            writer.Finish(manifest);
            var events = EventsOf([manifest, .. source.Services.Values]);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {options.File}, {writer.Bytes / Mega:0.0} MB: {events}, as of "
                    + $"{manifest.At:u}{With(source.Services.Keys)}."));
            await output.WriteLineAsync("It holds every secret of this place: keep it as you keep the data folder.");
        });
    }

    /// <summary>
    /// Puts an archive back into an empty folder, after all of it has been compared with its checksums.
    /// </summary>
    /// <param name="options">What, and where to.</param>
    /// <param name="output">Gets what was restored.</param>
    /// <param name="error">Gets the reason when it was not; then nothing has changed.</param>
    /// <returns>The exit code: 1 when the archive or the folder cannot be used.</returns>
    public static Task<int> RestoreAsync(RestoreOptions options, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        return RunAsync(error, async () =>
        {
            var (address, folder) = (PostgresAddress.Find(options.DatabaseFile), DataFolder.Resolve(options.DataFolder));
            using var archive = BackupReader.Open(options.File);
            var report = await new BackupRestore(archive, address, TimeProvider.System)
                .RunAsync(folder, options.MoveOldTo, options.KeepEpoch);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Restored {EventsOf([report.Manifest, .. report.Services.Values.Select(s => s.Manifest)])} and "
                    + $"{report.Rows + report.Services.Values.Sum(s => s.Rows)} rows as of {report.Manifest.At:u} into "
                    + $"{folder}{(address is null ? "" : $" and the database {address.Name}")}"
                    + $"{With(report.Services.Keys)}."));
            await output.WriteLineAsync(options.KeepEpoch
                ? $"The epoch is that of before, {StreamCursor.Format(report.Epoch)}."
                : $"The epoch is new, {StreamCursor.Format(report.Epoch)}: who followed a stream begins anew.");
        });
    }

    private static string EventsOf(IEnumerable<BackupManifest> all)
    {
        var streams = all.SelectMany(m => m.Streams).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{streams.Sum(s => s.Last - s.First + 1)} events of {streams.Count} streams");
    }

    private static string With(IEnumerable<string> services) =>
        string.Join(", ", services) is { Length: > 0 } names ? $", with the folders of {names}" : "";

    private static async Task<int> RunAsync(TextWriter error, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            await work();
            return ExitCode.Ok;
        }
        catch (Exception refused) when (Explain(refused) is not null)
        {
            await error.WriteLineAsync("rondo: " + Explain(refused));
            return refused is StartException start ? start.ExitCode : ExitCode.Failed;
        }
    }

    // What the user can mend; anything else is our mistake.
    private static string? Explain(Exception refused) => refused switch
    {
        StartException or EventStoreException or DatabaseException or IOException or UnauthorizedAccessException => refused.Message,
        Microsoft.Data.Sqlite.SqliteException damage =>
            $"The data folder cannot be read: {damage.Message} 'rondo doctor' says more.",
        _ => null,
    };
}
