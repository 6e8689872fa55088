using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Backup;

/// <summary>What was put back.</summary>
/// <param name="Manifest">What the archive says of itself.</param>
/// <param name="Epoch">The history that the events now belong to.</param>
/// <param name="Rows">The rows of all tables.</param>
/// <param name="Services">The same of services that have a folder of their own, by name.</param>
internal sealed record RestoreReport(
    BackupManifest Manifest, ulong Epoch, long Rows, IReadOnlyDictionary<string, RestoreReport> Services);

/// <summary>Puts what an archive holds into a folder; into a database, if there is one, all but what a node has for itself.</summary>
internal sealed class BackupRestore(BackupReader archive, PostgresAddress? address, TimeProvider time)
{
    /// <exception cref="StartException">The archive or the folder cannot be used; nothing has changed.</exception>
    public async Task<RestoreReport> RunAsync(string folder, string? moveOldTo, bool keepEpoch)
    {
        RefuseNewer();
        if (address is not null && archive.Services.Count > 0)
        {
            throw new StartException(
                "The archive is of services in folders of their own (--split), which no database takes. Restore it "
                    + "without one.");
        }

        using var target = RestoreTarget.Open(folder, moveOldTo, archive.Manifest.Parts.Sum(p => p.Bytes));
        var services = new Dictionary<string, BackupReader>();
        try
        {
            // All of them are known to be whole before anything is written of them.
            foreach (var service in archive.Services)
            {
                services.Add(service, await UnpackAsync(service, target.Path));
            }

            var files = archive.Manifest.Parts.Select(p => p.Name).Where(BackupParts.FolderFiles.Contains)
                .ToLookup(n => address is not null && BackupParts.Secrets.Contains(n));
            foreach (var file in files[false])
            {
                await AddFileAsync(target.Path, file);
            }

            // A database takes the events as the last thing that may fail: they are not undone with the folder.
            var epoch = address is null ? await AddEventsAsync(target.Path, keepEpoch) : PostgresEpoch.MakeNew();
            if (address is not null && keepEpoch)
            {
                epoch = archive.Manifest.Epoch;
            }

            var rows = address is null
                ? await AddTablesAsync(SqliteDatabase.OpenAt(DataFolder.DatabasePathIn(target.Path), archive.Manifest.Schemas), epoch)
                : await AddAllAsync(address, files[true], epoch);
            var reports = new Dictionary<string, RestoreReport>();
            foreach (var (service, inner) in services)
            {
                reports.Add(
                    service,
                    await new BackupRestore(inner, null, time)
                        .RunAsync(Path.Combine(target.Path, service), null, keepEpoch));
                File.Delete(UnpackedPath(service, target.Path));
            }

            target.Finish();
            return new RestoreReport(archive.Manifest, epoch, rows, reports);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw archive.Refuse(error);
        }
        catch (InvalidOperationException error) when (error.Message == EventImport.NotEmpty)
        {
            throw NotEmpty(address!);
        }
        finally
        {
            foreach (var inner in services.Values)
            {
                inner.Dispose();
            }
        }
    }

    private async Task<BackupReader> UnpackAsync(string service, string folder)
    {
        var path = UnpackedPath(service, folder);
        await archive.ReadAsync(BackupParts.OfService(service), async packed =>
        {
            await using var file = File.Create(path);
            await packed.CopyToAsync(file);
            return true;
        });
        return BackupReader.Open(path, archive);
    }

    private static string UnpackedPath(string service, string folder) => Path.Combine(folder, service + ".zip");

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
        PrivateFile.Write(path, await ReadFileAsync(name));
    }

    private Task<byte[]?> ReadFileAsync(string name) => archive.ReadAsync(
        name, text => BoundedStream.ReadAllAsync(text, BackupParts.MostFileBytes, CancellationToken.None));

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

    private async Task<long> AddAllAsync(PostgresAddress place, IEnumerable<string> secrets, ulong epoch)
    {
        var tables = PostgresDatabase.OpenAt(place, archive.Manifest.Schemas) ?? throw NotEmpty(place);
        var isDone = false;
        try
        {
            foreach (var name in secrets)
            {
                var content = await ReadFileAsync(name);
                tables.Keep(name, () => content!);
            }

            var rows = await AddTablesAsync(tables, epoch);
            await AddEventsAsync(place, epoch);
            isDone = true;
            return rows;
        }
        finally
        {
            if (!isDone)
            {
                PostgresDatabase.Drop(place);
            }
        }
    }

    private static StartException NotEmpty(PostgresAddress place) =>
        new($"The database {place.Name} has event streams already. {EventImport.NotEmpty}");

    private async Task<long> AddTablesAsync(Database opened, ulong epoch)
    {
        using var database = opened;
        RoomTables.Prepare(database);
        var moved = (StreamCursor.Format(archive.Manifest.Epoch), StreamCursor.Format(epoch));
        return await archive.ReadAsync(
            BackupParts.Tables, text => Task.FromResult(TableArchive.Import(database, text, moved)));
    }
}
