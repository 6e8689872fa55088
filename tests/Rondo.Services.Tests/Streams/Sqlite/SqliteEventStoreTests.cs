using System.Text;
using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Sqlite;

public sealed class SqliteEventStoreTests : EventStoreContract
{
    private readonly TestFolder _folder = new();

    private string FilePath => EventFile.PathIn(_folder.Path);

    [Fact]
    public async Task Erase_Text_IsGoneFromTheFiles()
    {
        const string secret = "the secret that must go";
        await FillAsync("a", 300);
        await Store.AppendAsync("a", [Text(secret, "k")], cancellation: Cancellation);
        await Store.AppendAsync("a", [Text(secret + new string('x', 60_000))], cancellation: Cancellation);
        await FillAsync("b", 300);
        Assert.True(Contains(secret));

        await Task.WhenAll(Store.EraseAsync("a", 301, Cancellation), Store.EraseAsync("a", 302, Cancellation));

        Assert.False(Contains(secret));
        Assert.Equal(302, (await ReadAsync("a")).Events.Count);
    }

    [Fact]
    public async Task Open_ErasureWasCutOff_CleansTheFile()
    {
        const string secret = "the secret that must go";
        await Store.AppendAsync("a", [Text(secret + new string('x', 60_000))], cancellation: Cancellation);
        await Store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            // As the process leaves it when it dies behind the tombstone: pages that nothing uses hold the text.
            connection.Open();
            EventFile.Execute(connection, "PRAGMA secure_delete = OFF");
            EventFile.Execute(connection, "UPDATE events SET type = 'erased', data = x'7B7D'");
            EventFile.SetMeta(connection, EventFile.ScrubMark, "1");
        }

        Assert.True(Contains(secret));
        await using var again = SqliteEventStore.Open(FilePath, Time);
        await again.AppendAsync("b", [Text("x")], cancellation: Cancellation);

        Assert.False(Contains(secret));
    }

    [Fact]
    public void Open_Files_AreForTheirOwnerAlone()
    {
        foreach (var file in Directory.GetFiles(_folder.Path, "events.db*"))
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task Retain_Text_IsGoneFromTheFilesOnceTheyAreClosed()
    {
        await Store.AppendAsync("a", [Text("dropped words")], cancellation: Cancellation);
        await Store.RetainAsync("a", 0, null, Cancellation);
        await Store.DisposeAsync();

        Assert.False(Contains("dropped words"));
    }

    [Fact]
    public async Task Append_DiskFull_FailsAndGoesOnWhenThereIsRoom()
    {
        await Store.DisposeAsync();
        var big = Text(new string('x', 60_000));
        await using (var small = SqliteEventStore.Open(FilePath, Time, mostPages: 40))
        {
            await small.AppendAsync("a", [big], cancellation: Cancellation);
            var refused = await Assert.ThrowsAsync<EventStoreException>(
                () => small.AppendAsync("a", [big, big, big], cancellation: Cancellation));

            Assert.Equal(EventStoreFailure.Full, refused.Failure);
            Assert.Contains("disk is full", refused.Message);
            Assert.Equal([2], Seqs(await small.AppendAsync("a", [Text("small")], cancellation: Cancellation)));
        }

        await using var roomy = SqliteEventStore.Open(FilePath, Time);
        Assert.Equal([3, 4, 5], Seqs(await roomy.AppendAsync("a", [big, big, big], cancellation: Cancellation)));
    }

    [Fact]
    public async Task Append_FileLockedByAnother_FailsAndGoesOnAfterwards()
    {
        await Store.DisposeAsync();
        await using var store = SqliteEventStore.Open(FilePath, Time, patience: TimeSpan.FromMilliseconds(100));
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            EventFile.Execute(other, "BEGIN IMMEDIATE");

            var refused = await Assert.ThrowsAsync<EventStoreException>(
                () => store.AppendAsync("a", [Text("x")], cancellation: Cancellation));

            Assert.Equal(EventStoreFailure.Locked, refused.Failure);
            Assert.Empty((await store.ReadAsync("a", null, 1, Cancellation)).Events);
        }

        Assert.Equal([1], Seqs(await store.AppendAsync("a", [Text("x")], cancellation: Cancellation)));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(5_000, 60_000)]
    public async Task Open_DamagedFile_SaysHowToRepairIt(int from, int to)
    {
        await FillAsync("a", 2000);
        await DamageAsync(from, to);

        var refused = Assert.Throws<StartException>(() => SqliteEventStore.Open(FilePath, Time));

        Assert.Contains(FilePath, refused.Message);
        Assert.Contains("rondo streams repair", refused.Message);
    }

    [Fact]
    public async Task Repair_DamagedFile_SavesTheRestInANewEpoch()
    {
        await FillAsync("a", 5000);
        await Store.AppendAsync("b", [Text("x", "k")], null, "me", Cancellation);
        var epoch = Store.Epoch;
        await DamageAsync(60_000, 70_000);

        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Failed, StreamTool.Verify(_folder.Path, output, error));
        Assert.Equal(ExitCode.Ok, StreamTool.Repair(_folder.Path, output, error));
        Assert.Equal(ExitCode.Ok, StreamTool.Verify(_folder.Path, output, error));

        await using var repaired = SqliteEventStore.Open(FilePath, Time);
        Assert.NotEqual(epoch, repaired.Epoch);
        Assert.True((await repaired.ReadAsync("a", new StreamCursor(epoch, 5000), 1, Cancellation)).IsReset);
        var events = new List<StreamEvent>();
        while (await repaired.ReadAsync("a", new StreamCursor(null, events.Count), 1000, Cancellation)
            is { Events: { Count: > 0 } page })
        {
            events.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, 5000), events.Select(e => (int)e.Seq));
        Assert.All(events.Where(e => e.Type != StreamEvent.Lost), e => Assert.Equal($"{e.Seq} {e.Seq}", Show(e)));
        Assert.InRange(events.Count(e => e.Type == StreamEvent.Lost), 1, 2000);
        Assert.Equal([5001], Seqs(await repaired.AppendAsync("a", [Text("y")], cancellation: Cancellation)));
        Assert.Single(Directory.GetFiles(_folder.Path, "events.db.damaged-1"));
    }

    [Fact]
    public async Task Repair_FileThatIsNone_StartsAnew()
    {
        await FillAsync("a", 10);
        await DamageAsync(0, 4096);

        using var output = new StringWriter();
        Assert.Equal(ExitCode.Ok, StreamTool.Repair(_folder.Path, output, output));

        Assert.StartsWith("Saved 0 events of 0 streams", output.ToString());
        Store = await OpenAsync(Time);
        Assert.Empty(await Store.ListAsync(Cancellation));
    }

    [Fact]
    public async Task Tool_ExportAndImport_MoveAFolder()
    {
        await FillAsync("a", 3);
        var (backup, target) = (Path.Combine(_folder.Path, "backup.jsonl"), Path.Combine(_folder.Path, "target"));
        using var output = new StringWriter();

        Assert.Equal(ExitCode.Ok, StreamTool.Export(backup, _folder.Path, output, output));
        Assert.Equal(ExitCode.Failed, StreamTool.Export(backup, _folder.Path, output, output));
        Assert.Equal(ExitCode.Ok, await StreamTool.ImportAsync(backup, true, target, output, output));
        Assert.Equal(ExitCode.Failed, await StreamTool.ImportAsync(backup, true, target, output, output));

        await using var moved = SqliteEventStore.Open(EventFile.PathIn(target), Time);
        Assert.Equal((Store.Epoch, 3), (moved.Epoch, (await moved.ReadAsync("a", null, 9, Cancellation)).Events.Count));
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("repair")]
    [InlineData("export")]
    public void Tool_FolderWithoutAStore_SaysSo(string verb)
    {
        using var error = new StringWriter();
        var empty = Path.Combine(_folder.Path, "none");

        var code = verb switch
        {
            "verify" => StreamTool.Verify(empty, TextWriter.Null, error),
            "repair" => StreamTool.Repair(empty, TextWriter.Null, error),
            _ => StreamTool.Export(Path.Combine(_folder.Path, "x"), empty, TextWriter.Null, error),
        };

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("There is no event store in", error.ToString());
    }

    private protected override Task<IEventStore> OpenAsync(TimeProvider time) =>
        Task.FromResult<IEventStore>(SqliteEventStore.Open(FilePath, time));

    private protected override Task<IEventStore> OpenOtherAsync() =>
        Task.FromResult<IEventStore>(SqliteEventStore.Open(Path.Combine(_folder.Path, "other.db"), Time));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private bool Contains(string text) => Directory.GetFiles(_folder.Path, "events.db*").Any(f =>
    {
        using var file = new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    });

    /// <summary>As if the process had died and the disk with it.</summary>
    private async Task DamageAsync(int from, int to)
    {
        await Store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            connection.Open();
            EventFile.SetMeta(connection, "clean", "0");
            EventFile.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        using var file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, Enumerable.Repeat((byte)0xA5, to - from).ToArray(), from);
    }
}
