using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Streams;

/// <summary>
/// The event streams in the terminal, <c>rondo streams</c>: those of the database that is named, else those of a data
/// folder.
/// </summary>
public static class StreamTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Writes all streams as JSON lines, as of one moment, also beside running servers.</summary>
    /// <param name="file">The file to write; it must not exist yet.</param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets one line about what was done.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the store or the file cannot be used.</returns>
    public static Task<int> ExportAsync(
        string file, string? databaseFile, string? dataFolder, TextWriter output, TextWriter error) => RunAsync(
            error, () => PostgresAddress.Find(databaseFile) is { } address
                ? PostgresTool.ExportAsync(address, file, output)
                : Task.FromResult(Export(file, dataFolder, output, error)));

    /// <summary>
    /// Takes an export into a store without streams, whole or not at all; no server may run on a data folder.
    /// </summary>
    /// <param name="file">What <c>export</c> has written.</param>
    /// <param name="keepEpoch">
    /// Whether cursors of the exported store stay valid: right when a store moves, wrong when it goes back in time.
    /// </param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets one line about what was done.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the store or the file cannot be used.</returns>
    public static Task<int> ImportAsync(
        string file, bool keepEpoch, string? databaseFile, string? dataFolder, TextWriter output, TextWriter error) =>
        RunAsync(error, () => PostgresAddress.Find(databaseFile) is { } address
            ? PostgresTool.ImportAsync(address, file, keepEpoch, output)
            : ImportAsync(file, keepEpoch, dataFolder, output, error));

    /// <summary>Checks that the store is sound and that no stream has a gap, also beside running servers.</summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets a line for each mistake, or one that there is none.</param>
    /// <param name="error">Gets the reason when it could not be checked.</param>
    /// <returns>The exit code: 1 when something is wrong.</returns>
    public static Task<int> VerifyAsync(
        string? databaseFile, string? dataFolder, TextWriter output, TextWriter error) => RunAsync(
            error, () => PostgresAddress.Find(databaseFile) is { } address
                ? PostgresTool.VerifyAsync(address, output)
                : Task.FromResult(Verify(dataFolder, output, error)));

    /// <summary>
    /// Saves what can be read of a damaged file, or makes the numbers of a database whole again; the epoch changes. No
    /// server may run on a data folder.
    /// </summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets what was saved and lost.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the store cannot be used.</returns>
    public static Task<int> RepairAsync(
        string? databaseFile, string? dataFolder, TextWriter output, TextWriter error) => RunAsync(
            error, () => PostgresAddress.Find(databaseFile) is { } address
                ? PostgresTool.RepairAsync(address, output)
                : Task.FromResult(Repair(dataFolder, output, error)));

    /// <summary>Writes all streams as JSON lines, as of one moment, also beside a running server.</summary>
    /// <param name="file">The file to write; it must not exist yet.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets one line about what was done.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the folder or the file cannot be used.</returns>
    internal static int Export(string file, string? dataFolder, TextWriter output, TextWriter error) => Run(error, () =>
    {
        ArgumentNullException.ThrowIfNull(output);
        using var connection = EventFile.OpenForReading(Existing(dataFolder), Patience);
        using var lines = new FileStream(file, FileMode.CreateNew);
        EventArchive.Export(connection, lines);
        lines.Flush(flushToDisk: true);
        output.WriteLine($"Exported to {file}, {lines.Length} bytes.");
        return ExitCode.Ok;
    });

    /// <summary>Takes an export into a data folder without streams, whole or not at all; no server may run on it.</summary>
    /// <param name="file">What <c>export</c> has written.</param>
    /// <param name="keepEpoch">
    /// Whether cursors of the exported store stay valid: right when a folder moves, wrong when it goes back in time.
    /// </param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets one line about what was done.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the folder or the file cannot be used.</returns>
    internal static Task<int> ImportAsync(
        string file, bool keepEpoch, string? dataFolder, TextWriter output, TextWriter error) => RunAsync(error, async () =>
    {
        ArgumentNullException.ThrowIfNull(output);
        await using var lines = File.OpenRead(file);
        using var folder = DataFolder.Open(DataFolder.Resolve(dataFolder));
        await using var store = SqliteEventStore.Open(EventFile.PathIn(folder.Path), TimeProvider.System);
        await store.ImportAsync(lines, keepEpoch);
        var streams = await store.ListAsync();
        output.WriteLine(
            $"Imported {streams.Sum(s => s.Last - s.First + 1)} events of {streams.Count} streams, "
                + $"epoch {StreamCursor.Format(store.Epoch)}.");
        return ExitCode.Ok;
    });

    /// <summary>Checks that the file is sound and that no stream has a gap, also beside a running server.</summary>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets a line for each mistake, or one that there is none.</param>
    /// <param name="error">Gets the reason when it could not be checked.</param>
    /// <returns>The exit code: 1 when something is wrong.</returns>
    internal static int Verify(string? dataFolder, TextWriter output, TextWriter error) => Run(error, () =>
    {
        ArgumentNullException.ThrowIfNull(output);
        var path = Existing(dataFolder);
        using var connection = EventFile.OpenForReading(path, Patience);
        var mistakes = EventCheck.AllMistakes(connection).ToList();
        mistakes.ForEach(output.WriteLine);
        output.WriteLine(mistakes.Count == 0
            ? $"{path} is sound."
            : "Stop the server, then 'rondo streams repair' saves what can be read.");
        return mistakes.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    });

    /// <summary>Saves what can be read of a damaged file; the epoch changes. No server may run on the folder.</summary>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets what was saved and lost, and where the damaged file lies.</param>
    /// <param name="error">Gets the reason when it was not.</param>
    /// <returns>The exit code: 1 when the folder cannot be used.</returns>
    internal static int Repair(string? dataFolder, TextWriter output, TextWriter error) => Run(error, () =>
    {
        ArgumentNullException.ThrowIfNull(output);
        Existing(dataFolder);
        using var folder = DataFolder.Open(DataFolder.Resolve(dataFolder));
        var report = EventRepair.Run(folder.Path, Patience);
        output.WriteLine(
            $"Saved {report.Events} events of {report.Streams} streams; {report.Lost} could not be read and are tombstones. "
                + $"The epoch is new. The damaged file is {report.DamagedFile}.");
        return ExitCode.Ok;
    });

    private static string Existing(string? dataFolder)
    {
        var folder = DataFolder.Resolve(dataFolder);
        var path = EventFile.PathIn(folder);
        return File.Exists(path) ? path : throw new StartException($"There is no event store in '{folder}'.");
    }

    private static int Run(TextWriter error, Func<int> work)
    {
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            return work();
        }
        catch (Exception refused) when (Explain(refused) is not null)
        {
            error.WriteLine("rondo: " + Explain(refused));
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RunAsync(TextWriter error, Func<Task<int>> work)
    {
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            return await work();
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
        StartException or EventStoreException or InvalidDataException or IOException or UnauthorizedAccessException
            or InvalidOperationException => refused.Message,
        Microsoft.Data.Sqlite.SqliteException damage =>
            $"The event store cannot be read: {damage.Message} 'rondo streams repair' saves what can be read.",
        _ => null,
    };
}
