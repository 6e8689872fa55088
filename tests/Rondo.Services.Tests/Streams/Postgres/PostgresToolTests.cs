using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

public sealed class PostgresToolTests : IDisposable
{
    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Import_OfAFolder_AndBack_IsTheSame()
    {
        var file = await FileAsync(_schema);
        await using (var store = SqliteEventStore.Open(EventFile.PathIn(_folder.Path), TimeProvider.System))
        {
            await FillAsync(store);
        }

        var (from, back) = (Path.Combine(_folder.Path, "from.jsonl"), Path.Combine(_folder.Path, "back.jsonl"));
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Ok, await StreamTool.ExportAsync(from, null, _folder.Path, output, output));
        Assert.Equal(ExitCode.Ok, await StreamTool.ImportAsync(from, true, file, null, output, output));
        Assert.Equal(ExitCode.Failed, await StreamTool.ImportAsync(from, true, file, null, output, output));
        Assert.Equal(ExitCode.Ok, await StreamTool.VerifyAsync(file, null, output, output));
        Assert.Equal(ExitCode.Ok, await StreamTool.ExportAsync(back, file, null, output, output));

        Assert.Equal(await ReadAsync(from), await ReadAsync(back));
        Assert.Contains("are sound", output.ToString());
        var other = Path.Combine(_folder.Path, "other");
        Assert.Equal(ExitCode.Ok, await StreamTool.ImportAsync(back, false, null, other, output, output));
    }

    [Fact]
    public async Task Repair_NumbersWithAGap_MakesThemWholeInANewEpoch()
    {
        var (cluster, file) = (await PostgresCluster.SharedAsync(), await FileAsync(_schema));
        ulong epoch;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store);
            epoch = store.Epoch;
        }

        await cluster.ScalarAsync(_schema, """
            BEGIN;
            DELETE FROM events WHERE seq = 3 AND stream = (SELECT id FROM streams WHERE name = 'a');
            UPDATE streams SET last = 4 WHERE name = 'a';
            INSERT INTO events VALUES (99, 1, 0, 't', '1', NULL);
            COMMIT
            """);
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Failed, await StreamTool.VerifyAsync(file, null, output, output));
        Assert.Contains("stream 'a' should hold events 1 to 4, and holds 4", output.ToString());
        Assert.Contains("1 events belong to no stream", output.ToString());
        Assert.Equal(ExitCode.Ok, await StreamTool.RepairAsync(file, null, output, output));
        Assert.Equal(ExitCode.Ok, await StreamTool.VerifyAsync(file, null, output, output));

        await using var repaired = await OpenAsync();
        var page = await repaired.ReadAsync("a", null, 10, TestContext.Current.CancellationToken);
        Assert.NotEqual(epoch, repaired.Epoch);
        Assert.Equal([1, 2, 3, 4, 5], page.Events.Select(e => (int)e.Seq));
        Assert.Equal([StreamEvent.Lost], page.Events.Where(e => e.Type != "t").Select(e => e.Type));
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("repair")]
    [InlineData("export")]
    public async Task Tool_DatabaseWithoutStreams_SaysSo(string verb)
    {
        var file = await FileAsync(_schema);
        using var error = new StringWriter();

        var code = verb switch
        {
            "verify" => await StreamTool.VerifyAsync(file, null, TextWriter.Null, error),
            "repair" => await StreamTool.RepairAsync(file, null, TextWriter.Null, error),
            _ => await StreamTool.ExportAsync(Path.Combine(_folder.Path, "x"), file, null, TextWriter.Null, error),
        };

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("There are no event streams in the database", error.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private static async Task FillAsync(IEventStore store)
    {
        var cancellation = TestContext.Current.CancellationToken;
        for (var i = 1; i <= 5; i++)
        {
            await store.AppendAsync(
                "a", [new NewEvent("t", Encoding.UTF8.GetBytes($"{i}"), $"k{i}")], null, "me", cancellation);
        }

        await store.AppendAsync("b/c", [new NewEvent("t", "\"\\u0000é\""u8.ToArray())], cancellation: cancellation);
        await store.SnapshotAsync("a", 4, new byte[] { 0, 255 }, cancellation);
    }

    private static async Task<string[]> ReadAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file)).Order(StringComparer.Ordinal)];

    private async Task<PostgresEventStore> OpenAsync() => PostgresEventStore.Open(
        PostgresAddress.Parse((await PostgresCluster.SharedAsync()).AddressOf(_schema), "test"),
        TimeProvider.System, NullLogger.Instance);

    private async Task<string> FileAsync(string schema) =>
        (await PostgresCluster.SharedAsync()).WriteAddress(_folder, schema);
}
