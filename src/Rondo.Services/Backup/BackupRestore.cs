using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Backup;

/// <summary>What was put back.</summary>
/// <param name="Manifest">What the archive says of itself.</param>
/// <param name="Epoch">The history that the events now belong to.</param>
/// <param name="Rows">The rows of all tables.</param>
internal sealed record RestoreReport(BackupManifest Manifest, ulong Epoch, long Rows);

/// <summary>Puts what an archive holds into a folder, and the events into a database if there is one.</summary>
internal sealed class BackupRestore(BackupReader archive, PostgresAddress? address, TimeProvider time)
{
    /// <exception cref="StartException">The archive or the folder cannot be used; nothing has changed.</exception>
    public async Task<RestoreReport> RunAsync(string folder, string? moveOldTo, bool keepEpoch)
    {
        RefuseNewer();
        using var target = RestoreTarget.Open(folder, moveOldTo, archive.Manifest.Parts.Sum(p => p.Bytes));
        try
        {
            foreach (var part in archive.Manifest.Parts.Where(p => BackupParts.FolderFiles.Contains(p.Name)))
            {
                await AddFileAsync(target.Path, part.Name);
            }

            // A database takes the events as the last thing that may fail: they are not undone with the folder.
            var epoch = address is null ? await AddEventsAsync(target.Path, keepEpoch) : PostgresEpoch.MakeNew();
            if (address is not null && keepEpoch)
            {
                epoch = archive.Manifest.Epoch;
            }

            var rows = await AddTablesAsync(target.Path, epoch);
            if (address is not null)
            {
                await AddEventsAsync(address, epoch);
            }

            target.Finish();
            return new RestoreReport(archive.Manifest, epoch, rows);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw archive.Refuse(error);
        }
        catch (InvalidOperationException error) when (error.Message == EventImport.NotEmpty)
        {
            throw new StartException($"The database {address!.Name} has event streams already. {EventImport.NotEmpty}");
        }
    }

    private void RefuseNewer()
    {
        var known = RoomTables.KnownVersions();
        foreach (var (room, version) in archive.Manifest.Schemas.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (version > known.GetValueOrDefault(room) || version < 1)
            {
                throw archive.Refuse(new InvalidDataException(
                    $"its tables of '{room}' are of version {version}, and this Rondo knows "
                        + $"{known.GetValueOrDefault(room)}: use Rondo {archive.Manifest.Rondo}"));
            }
        }
    }

    private async Task AddFileAsync(string folder, string name)
    {
        var path = BackupParts.PathIn(folder, name);
        DataFolder.CreatePrivate(Path.GetDirectoryName(path)!);
        var content = await archive.ReadAsync(
            name, text => BoundedStream.ReadAllAsync(text, BackupParts.MostFileBytes, CancellationToken.None));
        PrivateFile.Write(path, content);
    }

    private async Task<ulong> AddEventsAsync(string folder, bool keepEpoch)
    {
        await using var store = SqliteEventStore.Open(EventFile.PathIn(folder), time);
        await archive.ReadAsync(BackupParts.Events, async text =>
        {
            await store.ImportAsync(text, keepEpoch);
            return true;
        });
        return store.Epoch;
    }

    private Task AddEventsAsync(PostgresAddress database, ulong epoch) => PostgresTool.WithAsync(
        database, mayCreate: true, connection => archive.ReadAsync(
            BackupParts.Events,
            text => PostgresArchive.ImportAsync(connection, null, text, epoch, CancellationToken.None)));

    private async Task<long> AddTablesAsync(string folder, ulong epoch)
    {
        using var database = SqliteDatabase.OpenAt(DataFolder.DatabasePathIn(folder), archive.Manifest.Schemas);
        RoomTables.Prepare(database);
        var moved = (StreamCursor.Format(archive.Manifest.Epoch), StreamCursor.Format(epoch));
        return await archive.ReadAsync(
            BackupParts.Tables, text => Task.FromResult(SqliteTables.Import(database, text, moved)));
    }
}
