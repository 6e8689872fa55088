using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>The contract on PostgreSQL, and what one node sees of its database.</summary>
public sealed class PostgresEventStoreTests : EventStoreContract
{
    private const string MakePageInspect = "CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA public";

    private readonly string _schema = PostgresCluster.NewSchema();
    private PostgresCluster _cluster = null!;

    [Fact]
    public async Task Append_KeyOfAnyCharacters_IsKept()
    {
        foreach (var key in new[] { "\0", "'; DROP TABLE events; --", "\uD800x", "é\u0001\\" })
        {
            var first = await Store.AppendAsync("a", [Text("x", key)], null, key, Cancellation);
            var again = await Store.AppendAsync("a", [Text("x", key)], null, key, Cancellation);

            Assert.Equal(Seqs(first), Seqs(again));
            Assert.True(again[0].IsRepeated);
        }

        Assert.Equal(4, (await ReadAsync("a")).Events.Count);
    }

    [Fact]
    public async Task Append_ManyAtOnce_ShareCommits()
    {
        await FillAsync("a", 1);
        var before = ((PostgresEventStore)Store).Written;

        await Task.WhenAll(Enumerable.Range(0, 500).Select(
            i => Store.AppendAsync("a", [Text($"{i}")], cancellation: Cancellation)));

        var after = ((PostgresEventStore)Store).Written;
        Assert.Equal(500, after.Events - before.Events);
        Assert.InRange(after.Commits - before.Commits, 1, 250);
    }

    [Fact]
    public async Task Append_ConflictOnANewStream_LeavesNoTrace()
    {
        await Assert.ThrowsAsync<AppendConflictException>(
            () => Store.AppendAsync("a", [Text("x")], expectedSeq: 3, cancellation: Cancellation));

        Assert.Equal(0L, await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM streams"));
    }

    [Fact]
    public async Task Erase_Text_IsInNoTable()
    {
        const string secret = "the secret that must go";
        await FillAsync("a", 3);
        await Store.AppendAsync("a", [Text(secret, "k")], cancellation: Cancellation);

        await Store.EraseAsync("a", 4, Cancellation);

        Assert.Equal(0L, await _cluster.ScalarAsync(
            _schema, $"SELECT count(*) FROM events WHERE position('{secret}' IN encode(data, 'escape')) > 0"));
        Assert.Equal(0L, await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM keys WHERE hash <> ''"));

        // The version from before is gone, too: the table has as many of them as it has events.
        await _cluster.ScalarAsync(_schema, MakePageInspect);
        Assert.Equal(4L, await _cluster.ScalarAsync(
            _schema,
            "SELECT count(*) FROM public.heap_page_items(public.get_raw_page('events', 0)) WHERE lp_flags = 1"));
    }

    [Fact]
    public async Task Retain_OldKeys_AreSwept()
    {
        await Store.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation);
        Time.Advance(TimeSpan.FromHours(25));

        await UntilAsync(async () => await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM keys") is 0L);
    }

    [Fact]
    public async Task Retain_LoopOfTheCallerEnds_IsDoneAndHoldsNothing()
    {
        await FillAsync("a", 3);

        AskFromEndedLoop(() => Store.RetainAsync("a", 1, null, Cancellation));

        await UntilAsync(async () => (await ReadAsync("a")).Events.Count == 1);
        await FillAsync("a", 1);
    }

    [Fact]
    public async Task Erase_LoopOfTheCallerEnds_LeavesNoText()
    {
        const string secret = "the secret that must go";
        await _cluster.ScalarAsync(_schema, MakePageInspect);
        await Store.AppendAsync("a", [Text(secret)], cancellation: Cancellation);

        AskFromEndedLoop(() => Store.EraseAsync("a", 1, Cancellation));

        // The version from before has it until it goes, too.
        await UntilAsync(async () => await _cluster.ScalarAsync(
            _schema,
            "SELECT count(*) FROM public.heap_page_items(public.get_raw_page('events', 0)) "
                + $"WHERE position('{secret}'::bytea IN t_data) > 0") is 0L);
    }

    [Fact]
    public async Task Read_CancelledWhileTheDatabaseIsAtIt_IsCancelled()
    {
        await FillAsync("a", 1);
        await using var busy = await LockStreamsAsync(_schema);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reading = Store.ReadAsync("a", null, 10, left.Token);
        await UntilSomebodyWaitsAsync(_schema);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Close_WhileTheStreamsAreLookedAt_TellsOfNoLoss()
    {
        using var logs = new LogCapture();
        var schema = PostgresCluster.NewSchema();
        await using var store = await OpenAsync(schema, Time, logs.CreateLogger("store"));
        await using var busy = await LockStreamsAsync(schema);
        await UntilSomebodyWaitsAsync(schema);

        await store.DisposeAsync();

        Assert.Empty(logs.Lines);
    }

    [Fact]
    public async Task Open_ReadyAndClosed_SaysSo()
    {
        var store = (PostgresEventStore)Store;
        Assert.True(store.IsReady);

        await store.DisposeAsync();

        Assert.False(store.IsReady);
    }

    private protected override async Task<IEventStore> OpenAsync(TimeProvider time) => await OpenAsync(_schema, time);

    private protected override async Task<IEventStore> OpenOtherAsync() =>
        await OpenAsync(PostgresCluster.NewSchema(), Time);

    private async Task<IEventStore> OpenAsync(string schema, TimeProvider time, ILogger? log = null)
    {
        _cluster = await PostgresCluster.SharedAsync();
        return PostgresEventStore.Open(
            PostgresAddress.Parse(_cluster.AddressOf(schema), "test"), time, log ?? NullLogger.Instance);
    }

    public override ValueTask DisposeAsync() => Store is null ? default : base.DisposeAsync();

    /// <summary>Nobody reads the heads of streams until this is disposed of.</summary>
    private async Task<NpgsqlConnection> LockStreamsAsync(string schema)
    {
        var other = new NpgsqlConnection(_cluster.AddressOf(schema) + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE streams", other);
        await command.ExecuteNonQueryAsync(Cancellation);
        return other;
    }

    private Task UntilSomebodyWaitsAsync(string schema) => UntilAsync(async () => await _cluster.ScalarAsync(
        schema, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'streams'::regclass") is > 0L);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60));
            await Task.Yield();
        }
    }

    private static void AskFromEndedLoop(Func<Task> ask)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new EndedLoop());
        try
        {
            _ = ask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs nothing of what it is given any more.</summary>
    private sealed class EndedLoop : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
