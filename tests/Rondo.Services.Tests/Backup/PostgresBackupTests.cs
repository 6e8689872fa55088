using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Backup;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Backup;

public sealed class PostgresBackupTests(FilledPlace place) : IClassFixture<FilledPlace>, IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _target = new();

    public void Dispose()
    {
        _folder.Dispose();
        _target.Dispose();
    }

    [Fact]
    public async Task Archive_OfAFolder_IntoADatabaseAndBack_IsTheSame()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = cluster.WriteAddress(_folder, PostgresCluster.NewSchema());
        var (shared, back) = (Path.Combine(_folder.Path, "shared"), Path.Combine(_folder.Path, "back"));

        await RestoreAsync(place.Archive, shared, database);
        var moved = await BackupAsync("moved.zip", shared, database);
        await RestoreAsync(moved, back, null);
        var returned = await BackupAsync("returned.zip", back, null);

        Assert.Contains("\"engine\": \"postgresql\"", Part(moved, "manifest.json"));
        Assert.Contains("\"engine\": \"sqlite\"", Part(returned, "manifest.json"));
        foreach (var part in new[] { "events.jsonl", "tables.jsonl", "auth.pepper" })
        {
            Assert.Equal(Events(place.Archive, part), Events(moved, part));
            Assert.Equal(Events(place.Archive, part), Events(returned, part));
        }
    }

    [Fact]
    public async Task Restore_DatabaseWithStreams_IsRefusedAndLeavesTheFolderEmpty()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = cluster.WriteAddress(_folder, PostgresCluster.NewSchema());
        await RestoreAsync(place.Archive, Path.Combine(_folder.Path, "first"), database);
        using var error = new StringWriter();

        var code = await BackupTool.RestoreAsync(
            new RestoreOptions { File = place.Archive, DataFolder = _target.Path, DatabaseFile = database },
            TextWriter.Null, error);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("has event streams already", error.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(_target.Path));
    }

    [Fact]
    public async Task Archive_SomebodyWritesAfterTheTablesWereOpened_HasEventsOfTheSameMoment()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = cluster.WriteAddress(_folder, PostgresCluster.NewSchema());
        await RestoreAsync(place.Archive, Path.Combine(_folder.Path, "first"), database);
        var address = PostgresAddress.Find(database)!;
        using var tables = TableSnapshot.OfDatabase(address)!;
        await using (var store = PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance))
        {
            await store.AppendAsync(
                "late", [new NewEvent("t", "{}"u8.ToArray())], cancellation: TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain("\"late\"", await EventsAsync(address, tables.Moment));
        Assert.Contains("\"late\"", await EventsAsync(address, null));
    }

    private static Task<string> EventsAsync(PostgresAddress address, string? moment) => PostgresTool.WithAsync(
        address, mayCreate: false, async connection =>
        {
            using var output = new MemoryStream();
            await PostgresArchive.ExportAsync(connection, output, moment, CancellationToken.None);
            return Encoding.UTF8.GetString(output.ToArray());
        });

    private static async Task RestoreAsync(string archive, string into, string? database)
    {
        using var said = new StringWriter();
        var options = new RestoreOptions { File = archive, DataFolder = into, DatabaseFile = database, KeepEpoch = true };
        Assert.True(await BackupTool.RestoreAsync(options, said, said) == ExitCode.Ok, said.ToString());
    }

    private async Task<string> BackupAsync(string name, string folder, string? database)
    {
        using var said = new StringWriter();
        var options = new BackupOptions
        {
            File = Path.Combine(_folder.Path, name),
            DataFolder = folder,
            DatabaseFile = database,
        };
        Assert.True(await BackupTool.BackupAsync(options, said, said) == ExitCode.Ok, said.ToString());
        return options.File;
    }

    // Without the keys of appends, which are gone after a day; the order of streams is that of their numbers.
    private static IEnumerable<string> Events(string archive, string part) => Part(archive, part).Split('\n')
        .Where(l => !l.Contains("\"kind\":\"key\"", StringComparison.Ordinal)
            && !l.StartsWith("{\"format\":\"rondo-streams\"", StringComparison.Ordinal));

    private static string Part(string archive, string name)
    {
        using var zip = ZipFile.OpenRead(archive);
        using var text = new StreamReader(zip.GetEntry(name)!.Open(), System.Text.Encoding.Latin1);
        return text.ReadToEnd();
    }
}
