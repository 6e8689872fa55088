using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>A node that led, and goes on as if it did.</summary>
public sealed class FencedWritesTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private PostgresCluster _cluster = null!;
    private PostgresAddress _address = null!;
    private LeaderLease _old = null!;
    private LeaderLease _new = null!;
    private PostgresEventStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.SharedAsync();
        _address = PostgresAddress.Parse(_cluster.AddressOf(_schema), "test");
        (_old, _new) = (Open("old"), Open("new"));
        _store = PostgresEventStore.Open(_address, _time, NullLogger.Instance, await _old.TakeAsync(Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            await _old.DisposeAsync();
            await _new.DisposeAsync();
        }
    }

    [Fact]
    public async Task Write_AnotherHasTakenTheLease_IsRefusedOnEveryPath()
    {
        await _store.AppendAsync("a", [Text("1", "k1"), Text("2", "k2"), Text("3", "k3")], cancellation: Cancellation);
        await _store.SnapshotAsync("a", 1, "{}"u8.ToArray(), Cancellation);
        var before = await AllRowsAsync();
        await TakeOverAsync();

        await RefusedAsync(() => _store.AppendAsync("a", [Text("x")], cancellation: Cancellation));
        await RefusedAsync(() => _store.AppendAsync("a", [Text("x", "k4")], cancellation: Cancellation));
        await RefusedAsync(() => _store.AppendAsync("new", [Text("x")], cancellation: Cancellation));
        await RefusedAsync(() => _store.RetainAsync("a", 1, null, Cancellation));
        await RefusedAsync(() => _store.EraseAsync("a", 2, Cancellation));
        await RefusedAsync(() => _store.SnapshotAsync("a", 2, "{}"u8.ToArray(), Cancellation));

        Assert.Equal(before, await AllRowsAsync());
        Assert.Equal(3, (await _store.ReadAsync("a", null, 10, Cancellation)).Head.Last);
    }

    [Fact]
    public async Task Import_AnotherHasTakenTheLease_IsRefused()
    {
        const string export = """
            {"format":"rondo-streams","version":1,"epoch":"0000000000000007","snapshots":0,"keys":0,"streams":[]}
            """;
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(export));
        var before = await AllRowsAsync();
        await TakeOverAsync();

        await RefusedAsync(() => _store.ImportAsync(lines, keepEpoch: true, Cancellation));

        Assert.Equal(before, await AllRowsAsync());
    }

    [Fact]
    public async Task Append_AnotherHasTakenTheLease_EndsThisNodesLead()
    {
        // It may well believe that it leads: nothing was renewed meanwhile.
        await _cluster.ScalarAsync(_schema, "UPDATE leases SET next = next + 1, holder = 'new'");
        Assert.True(_old.IsHeld);

        await RefusedAsync(() => _store.AppendAsync("a", [Text("x")], cancellation: Cancellation));

        Assert.False(_old.IsHeld);
        Assert.True(_old.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Sweep_AnotherHasTakenTheLease_LeavesItsKeys()
    {
        await _store.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation);
        await TakeOverAsync();
        _time.Advance(TimeSpan.FromHours(25));

        await UntilAsync(() => !_store.IsReady);

        Assert.Equal(1L, await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM keys"));
    }

    [Fact]
    public async Task Loss_SeenByANodeThatDoesNotLead_LeavesTheEpoch()
    {
        await _store.AppendAsync("a", [Text("1"), Text("2")], cancellation: Cancellation);
        await TakeOverAsync();
        await using var watch = _store.WatchAsync([new WatchedStream("a", null)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);
        for (var i = 0; i < 3; i++)
        {
            await watch.MoveNextAsync();
        }

        await _cluster.ScalarAsync(_schema, "BEGIN; DELETE FROM events WHERE seq > 1; UPDATE streams SET last = 1; COMMIT");

        await UntilAsync(() => !_store.IsReady);
        Assert.Equal(
            StreamCursor.Format(_store.Epoch), await _cluster.ScalarAsync(_schema, "SELECT epoch FROM store"));
    }

    [Fact]
    public async Task Append_ManyWhileTheLeaseIsTaken_NothingOfTheOldComesAfterTheNew()
    {
        var appends = Enumerable.Range(0, 8).Select(async sender =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    await _store.AppendAsync("a", [Text($"old {sender}.{i}")], cancellation: Cancellation);
                }
                catch (EventStoreException error) when (error.Failure is EventStoreFailure.NotLeader)
                {
                    return i;
                }
            }
        }).ToList();
        await UntilAsync(() => _store.Written.Events > 50);

        // The old one does not hear of it.
        await _cluster.ScalarAsync(_schema, "UPDATE leases SET until = 'epoch', holder = 'gone'");
        var fence = await _new.TakeAsync(Cancellation).WaitAsync(Guard, Cancellation);
        await using var store = PostgresEventStore.Open(_address, _time, NullLogger.Instance, fence);
        var first = await store.AppendAsync("a", [Text("new")], cancellation: Cancellation);
        var stored = (await Task.WhenAll(appends).WaitAsync(Guard, Cancellation)).Sum();

        Assert.Equal(stored + 1, first[0].Seq);
        Assert.Equal(stored + 1, (await store.ReadAsync("a", null, 1, Cancellation)).Head.Last);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewEvent Text(string text, string? key = null) => new("t", Encoding.UTF8.GetBytes($"\"{text}\""), key);

    private static async Task RefusedAsync(Func<Task> write)
    {
        var refused = await Assert.ThrowsAsync<EventStoreException>(() => write().WaitAsync(Guard, Cancellation));
        Assert.Equal(EventStoreFailure.NotLeader, refused.Failure);
    }

    private LeaderLease Open(string name) => LeaderLease.Open(
        _address, new LeaderCandidate(name, $"http://{name}"), TimeSpan.FromMinutes(10), TimeProvider.System,
        NullLogger.Instance);

    private async Task TakeOverAsync()
    {
        await _old.GiveBackAsync();
        await _new.TakeAsync(Cancellation).WaitAsync(Guard, Cancellation);
    }

    private async Task<string> AllRowsAsync() => (string)(await _cluster.ScalarAsync(_schema, """
        SELECT concat(
            (SELECT string_agg(s::text, ';' ORDER BY s.id) FROM streams s),
            (SELECT string_agg(e::text, ';' ORDER BY e.stream, e.seq) FROM events e),
            (SELECT string_agg(k::text, ';' ORDER BY k.stream, k.seq) FROM keys k),
            (SELECT string_agg(p::text, ';' ORDER BY p.stream) FROM snapshots p),
            (SELECT epoch FROM store))
        """))!;

    private static async Task UntilAsync(Func<bool> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard);
            await Task.Delay(10, Cancellation);
        }
    }
}
