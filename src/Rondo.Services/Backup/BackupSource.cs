using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Backup;

/// <summary>Writes what a place keeps into an archive, beside a server that goes on.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="address">Where events, tables and secrets are; null for the folder.</param>
/// <param name="time">Says when.</param>
/// <param name="progress">As in <see cref="BackupOptions.Progress"/>.</param>
/// <param name="isOfService">Whether the folder is that of one of <see cref="BackupParts.Services"/>.</param>
internal sealed class BackupSource(
    string folder, PostgresAddress? address, TimeProvider time, Action<string, long, long>? progress,
    bool isOfService = false)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, BackupManifest> _services = [];

    /// <summary>What was written of services that have a folder of their own, by name.</summary>
    public IReadOnlyDictionary<string, BackupManifest> Services => _services;

    /// <summary>What was written.</summary>
    public async Task<BackupManifest> WriteAsync(ArchiveWriter writer)
    {
        // In a database both are of one moment. Of files the tables' is before that of the events: what is on its way from
        // one to the other is then in both, and has a key that keeps it from being there twice. The other way round it
        // could be in neither.
        using var tables = Tables();
        var head = await AddEventsAsync(writer, tables.Moment);
        await writer.AddAsync(BackupParts.Tables, output =>
        {
            Follow(output, "tables", () => 1 + tables.Rows);
            tables.Export(output);
            return Task.CompletedTask;
        });
        foreach (var name in BackupParts.FolderFiles)
        {
            if (address is not null && BackupParts.Secrets.Contains(name))
            {
                if (tables.Kept(name) is { } secret)
                {
                    await writer.AddAsync(name, output => output.WriteAsync(secret).AsTask());
                }
            }
            else if (File.Exists(BackupParts.PathIn(folder, name)))
            {
                await AddFileAsync(writer, name);
            }
        }

        foreach (var service in address is null && !isOfService ? BackupParts.Services : [])
        {
            var path = Path.Combine(folder, service);
            if (File.Exists(DataFolder.DatabasePathIn(path)) || File.Exists(EventFile.PathIn(path)))
            {
                await writer.AddAsync(BackupParts.OfService(service), output => AddServiceAsync(service, path, output));
            }
        }

        return new BackupManifest(
            ProductVersion.Text, time.GetUtcNow(),
            address is null ? "sqlite" : "postgresql", tables.Versions, head.Epoch, head.Streams, [.. writer.Parts]);
    }

    private async Task AddServiceAsync(string service, string path, Stream output)
    {
        using var archive = new ArchiveWriter(output);
        var source = new BackupSource(
            path, null, time, progress is null ? null : (part, done, all) => progress($"{service}: {part}", done, all),
            isOfService: true);
        var manifest = await source.WriteAsync(archive);
        archive.Finish(manifest);
        _services.Add(service, manifest);
    }

    private TableSnapshot Tables()
    {
        if (address is not null)
        {
            return TableSnapshot.OfDatabase(address)
                ?? throw new StartException($"There is nothing of Rondo in the database {address.Name}.");
        }

        var path = DataFolder.DatabasePathIn(folder);
        return File.Exists(path) && File.Exists(EventFile.PathIn(folder))
            ? TableSnapshot.OfFile(path, Patience)
            : throw new StartException($"There is nothing of Rondo in '{folder}'. Name the data folder with --data.");
    }

    private async Task<ExportHead> AddEventsAsync(ArchiveWriter writer, string? moment)
    {
        ExportHead? head = null;
        await writer.AddAsync(BackupParts.Events, async output =>
        {
            Follow(output, "events", () => (head ??= ExportHead.Parse(output.FirstLine)).Lines);
            if (address is null)
            {
                using var connection = EventFile.OpenForReading(EventFile.PathIn(folder), Patience);
                EventArchive.Export(connection, output);
            }
            else
            {
                await PostgresTool.WithAsync(address, mayCreate: false, async connection =>
                {
                    await PostgresArchive.ExportAsync(connection, output, moment, CancellationToken.None);
                    return true;
                });
            }

            head ??= ExportHead.Parse(output.FirstLine);
        });
        return head!;
    }

    private async Task AddFileAsync(ArchiveWriter writer, string name)
    {
        var path = BackupParts.PathIn(folder, name);
        await using var file = File.OpenRead(path);
        var content = await BoundedStream.ReadAllAsync(file, BackupParts.MostFileBytes, CancellationToken.None)
            ?? throw new StartException($"'{path}' is too long to be one of ours.");
        await writer.AddAsync(name, output => output.WriteAsync(content).AsTask());
    }

    private void Follow(CheckedStream output, string part, Func<long> total)
    {
        if (progress is not null)
        {
            output.Written += () =>
            {
                if (output.Lines > 0)
                {
                    progress(part, output.Lines, total());
                }
            };
        }
    }
}
