using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Backup;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Backup;

public sealed class BackupTests(FilledPlace place) : IClassFixture<FilledPlace>, IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestFolder _folder = new();
    private readonly TestFolder _target = new();

    public void Dispose()
    {
        _folder.Dispose();
        _target.Dispose();
    }

    [Fact]
    public async Task Restore_OfAPlaceThatWasInUse_IsThatPlaceInANewEpoch()
    {
        Assert.Contains("The epoch is new", await RestoreAsync(place.Archive));
        await using var server = await FilledPlace.StartAsync(_target);

        foreach (var (path, answer) in await place.AnswersAsync(server))
        {
            Assert.Equal(WithoutEpoch(place.Answers[path]), WithoutEpoch(answer));
        }

        var (asReader, _) = await server.GetAsync("/noise/rooms/hall", Keys.Bearer(place.Reader));
        var (_, lost) = await server.GetAsync($"/chat/rooms/desk/messages?after={place.Cursor}", Keys.Bearer(place.Admin));
        var (_, audit) = await server.GetAsync("/auth/audit/verify", Keys.Bearer(place.Admin));
        Assert.Equal(HttpStatusCode.OK, asReader.StatusCode);
        Assert.Equal("/problems/cursor-reset", JsonNode.Parse(lost)!["type"]!.GetValue<string>());
        Assert.True(JsonNode.Parse(audit)!["intact"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Restore_KeepingTheEpoch_KeepsCursorsValid()
    {
        Assert.Contains("The epoch is that of before", await RestoreAsync(place.Archive, keepEpoch: true));
        await using var server = await FilledPlace.StartAsync(_target);

        var (_, after) = await server.GetAsync($"/chat/rooms/desk/messages?after={place.Cursor}", Keys.Bearer(place.Admin));

        Assert.Equal(place.Answers["/chat/rooms/desk/messages"], (await place.AnswersAsync(server))["/chat/rooms/desk/messages"]);
        Assert.Null(JsonNode.Parse(after)!["reset"]);
    }

    [Fact]
    public async Task Restore_ANewEpoch_LetsWebhooksGoOnWhereTheyWere()
    {
        await RestoreAsync(place.Archive);
        using var events = SqliteEventStore.Open(EventFile.PathIn(_target.Path), TimeProvider.System);

        var (before, after) = (CursorIn(place.Data.Path), CursorIn(_target.Path));

        Assert.Equal(StreamCursor.Format(events.Epoch), after.Split('-')[0]);
        Assert.Equal(before.Split('-')[1], after.Split('-')[1]);
        Assert.NotEqual(before, after);

        static string CursorIn(string folder)
        {
            using var database = SqliteDatabase.Open(DataFolder.DatabasePathIn(folder));
            return database.Read("SELECT cursor FROM chat_webhooks", row => row.GetString(0)).Single();
        }
    }

    [Fact]
    public async Task Backup_OfWhatWasRestored_HoldsTheSame()
    {
        await RestoreAsync(place.Archive, keepEpoch: true);
        var again = await BackupAsync(_target.Path);

        foreach (var part in new[] { "events.jsonl", "tables.jsonl", "appsettings.json", "auth.pepper" })
        {
            Assert.Equal(Lasting(place.Archive, part), Lasting(again, part));
        }
    }

    [Fact]
    public async Task Backup_BesideAWriter_IsOfOneMoment()
    {
        await using (var store = SqliteEventStore.Open(EventFile.PathIn(_target.Path), TimeProvider.System))
        {
            using (var database = SqliteDatabase.Open(DataFolder.DatabasePathIn(_target.Path)))
            {
                RoomTables.Prepare(database);
            }

            // Each group of events goes into two streams: an archive of one moment has as many of one as of the other,
            // or one group less.
            using var enough = new CancellationTokenSource();
            var writer = WriteAsync(store, enough.Token);
            var heads = new List<(long A, long B)>();
            for (var i = 0; i < 5; i++)
            {
                var manifest = JsonNode.Parse(Part(await BackupAsync(_target.Path, $"{i}.zip"), "manifest.json"))!;
                var streams = manifest["streams"]!.AsArray()
                    .ToDictionary(s => s!["stream"]!.GetValue<string>(), s => s!["last"]!.GetValue<long>());
                heads.Add((streams.GetValueOrDefault("a"), streams.GetValueOrDefault("b")));
            }

            await enough.CancelAsync();
            await writer;
            Assert.All(heads, h => Assert.InRange(h.A - h.B, 0, 1));
            Assert.Equal(heads.Select(h => h.A).Order(), heads.Select(h => h.A));
        }

        await RestoreAsync(Path.Combine(_folder.Path, "4.zip"), into: Path.Combine(_folder.Path, "restored"));

        static async Task WriteAsync(SqliteEventStore store, CancellationToken enough)
        {
            while (!enough.IsCancellationRequested)
            {
                await store.AppendAsync("a", [new NewEvent("t", "1"u8.ToArray())], cancellation: default);
                await store.AppendAsync("b", [new NewEvent("t", "1"u8.ToArray())], cancellation: default);
            }
        }
    }

    [Fact]
    public async Task Backup_Archive_IsForItsOwnerAloneAndWritesOverNothing()
    {
        using var error = new StringWriter();
        var archive = Path.Combine(_folder.Path, "a.zip");
        File.WriteAllText(archive, "something else");

        var refused = await BackupTool.BackupAsync(
            new BackupOptions { File = archive, DataFolder = place.Data.Path }, TextWriter.Null, error);

        Assert.Equal(ExitCode.Failed, refused);
        Assert.Equal($"rondo: '{archive}' is there already. Choose another name, or --overwrite it.\n", error.ToString());
        Assert.Equal("something else", File.ReadAllText(archive));
        await BackupAsync(place.Data.Path, overwrite: true);
        Assert.Equal([archive], Directory.GetFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Mine, File.GetUnixFileMode(archive));
        }
    }

    [Fact]
    public async Task Backup_NothingThere_SaysSo()
    {
        using var error = new StringWriter();

        var code = await BackupTool.BackupAsync(
            new BackupOptions { File = Path.Combine(_folder.Path, "a.zip"), DataFolder = _target.Path },
            TextWriter.Null, error);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal($"rondo: There is nothing of Rondo in '{_target.Path}'. Name the data folder with --data.\n", error.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Progress_WhileItIsWritten_ReachesTheWhole()
    {
        var told = new List<(string Part, long Done, long Total)>();
        var code = await BackupTool.BackupAsync(
            new BackupOptions
            {
                File = Path.Combine(_folder.Path, "a.zip"),
                DataFolder = place.Data.Path,
                Progress = (part, done, total) => told.Add((part, done, total)),
            },
            TextWriter.Null, TextWriter.Null);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["events", "tables"], told.Select(t => t.Part).Distinct());
        Assert.All(told.GroupBy(t => t.Part), p => Assert.Equal(p.Last().Total, p.Last().Done));
    }

    [Fact]
    public async Task Restore_FolderInUse_NeedsAPlaceForTheOldOneThatNobodyUses()
    {
        var old = Path.Combine(_folder.Path, "old");
        _target.Write("notes.txt", "mine");
        Assert.Contains("is not empty. Restore into an empty folder, or say where to move what is there: --move-old-to DIR.",
            await RefusedAsync(place.Archive));
        using (DataFolder.Open(_target.Path))
        {
            Assert.Contains("is in use by process", await RefusedAsync(place.Archive, old));
        }

        Assert.Contains("is there already", await RefusedAsync(place.Archive, _folder.Path));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_target.Path, "notes.txt")));

        await RestoreAsync(place.Archive, moveOldTo: old);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(old, "notes.txt")));
        await using var server = await FilledPlace.StartAsync(_target);
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/keys", null, Keys.Bearer(place.Admin)));
    }

    [Fact]
    public async Task Open_FolderOfAnUnfinishedRestore_IsRefused()
    {
        _target.Write(DataFolder.UnfinishedMark, "");

        var refused = Assert.Throws<StartException>(() => DataFolder.Open(_target.Path));

        Assert.Contains("was not finished: there is only a part of the backup", refused.Message);
        Assert.Contains("is not empty", await RefusedAsync(place.Archive));
    }

    [Fact]
    public async Task Restore_OfOlderTables_IsBroughtUpToDateByTheNextStart()
    {
        var key = ApiKey.Create();
        Directory.CreateDirectory(Path.Combine(_folder.Path, "older"));
        var older = DataFolder.DatabasePathIn(Path.Combine(_folder.Path, "older"));
        using (var database = SqliteDatabase.OpenAt(older, new Dictionary<string, int> { ["auth"] = 1, ["currency"] = 1 }))
        {
            RoomTables.Prepare(database);
            var digest = new byte[KeyPepper.HashBytes];
            KeyPepper.Digest(key.Text, digest);
            database.Write(session => session.Execute(
                "INSERT INTO keys VALUES (@prefix, @hash, 'older', 'auth:admin', '2026-01-01T00:00:00Z')",
                ("@prefix", key.Prefix), ("@hash", digest)));
            database.Write(session => session.Execute(
                "INSERT INTO rate_changes VALUES (41, '2026-01-01T00:00:00Z', 'ecb', '2026-01-01', '2026-01-01', 1)"));
        }

        SqliteEventStore.Open(EventFile.PathIn(Path.GetDirectoryName(older)!), TimeProvider.System).Dispose();
        await RestoreAsync(await BackupAsync(Path.GetDirectoryName(older)!));

        await using var server = await FilledPlace.StartAsync(_target);
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/keys", null, Keys.Bearer(key.Text)));
        Assert.Equal(41, new RateStore(server.Services.GetRequiredService<Database>()).LoadSequence());
    }

    private async Task<string> BackupAsync(string folder, string name = "a.zip", bool overwrite = false)
    {
        using var said = new StringWriter();
        var options = new BackupOptions
        {
            File = Path.Combine(_folder.Path, name),
            DataFolder = folder,
            Overwrite = overwrite,
        };
        Assert.True(await BackupTool.BackupAsync(options, said, said) == ExitCode.Ok, said.ToString());
        return options.File;
    }

    private async Task<string> RestoreAsync(
        string archive, bool keepEpoch = false, string? moveOldTo = null, string? into = null)
    {
        using var said = new StringWriter();
        var code = await BackupTool.RestoreAsync(
            new RestoreOptions
            {
                File = archive,
                DataFolder = into ?? _target.Path,
                KeepEpoch = keepEpoch,
                MoveOldTo = moveOldTo,
            },
            said, said);
        Assert.True(code == ExitCode.Ok, said.ToString());
        return said.ToString();
    }

    private async Task<string> RefusedAsync(string archive, string? moveOldTo = null)
    {
        using var error = new StringWriter();
        var code = await BackupTool.RestoreAsync(
            new RestoreOptions { File = archive, DataFolder = _target.Path, MoveOldTo = moveOldTo }, TextWriter.Null, error);
        Assert.Equal(ExitCode.Failed, code);
        return error.ToString();
    }

    // Keys that keep appends from being repeated are gone after a day.
    private static IEnumerable<string> Lasting(string archive, string part) => Part(archive, part).Split('\n')
        .Where(l => !l.Contains("\"kind\":\"key\"", StringComparison.Ordinal))
        .Select(l => System.Text.RegularExpressions.Regex.Replace(l, "^(.*\"snapshots\".*\"keys\":)[0-9]+", "$1"));

    private static string Part(string archive, string name)
    {
        using var zip = ZipFile.OpenRead(archive);
        using var text = new StreamReader(zip.GetEntry(name)!.Open(), System.Text.Encoding.Latin1);
        return text.ReadToEnd();
    }

    // Cursors carry the epoch, which a restore changes; a key's use is counted again.
    private static string WithoutEpoch(string answer) => System.Text.RegularExpressions.Regex.Replace(
        answer, "\"[0-9a-f]{16}-|\"(last_used|used)[a-z_]*\":[^,}]+", "\"");
}
