using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>Two nodes on one database.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly string _schema = PostgresCluster.NewSchema();
    private PostgresCluster _cluster = null!;
    private PostgresEventStore _here = null!;
    private PostgresEventStore _there = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.SharedAsync();
        (_here, _there) = (Open(), Open());
    }

    public async ValueTask DisposeAsync()
    {
        if (_here is not null)
        {
            await _here.DisposeAsync();
            await _there.DisposeAsync();
        }
    }

    [Fact]
    public async Task Append_TwoNodesRace_OneOrderWithoutAGap()
    {
        const int each = 20;
        const int senders = 8;
        var streams = new[] { "a", "b" };
        var watches = new[] { _here, _there }.Select(s => TakeAsync(s, streams, 2 * senders * each)).ToList();

        // One has both streams in its groups in one order, the other in the other.
        await Task.WhenAll(new[] { _here, _there }.SelectMany((store, node) => Enumerable.Range(0, senders).Select(
            async sender =>
            {
                for (var i = 0; i < each; i++)
                {
                    var stream = streams[(node + sender + i) % 2];
                    await store.AppendAsync(stream, [Text($"{node}.{sender}.{i}")], cancellation: Cancellation);
                }
            })));

        foreach (var watch in watches)
        {
            var seen = await watch.WaitAsync(Guard, Cancellation);
            foreach (var stream in streams)
            {
                var kept = await ReadAllAsync(_here, stream);
                Assert.Equal(Enumerable.Range(1, kept.Count), kept.Select(e => (int)e.Seq));
                Assert.Equal(kept.Select(Show), seen.Where(e => e.Stream == stream).Select(Show));
            }
        }

        Assert.Equal(2 * senders * each, (await _there.ListAsync(Cancellation)).Sum(s => s.Last));
    }

    [Fact]
    public async Task Append_ExpectedSeqOnBothNodes_OneWins()
    {
        for (var last = 0; last < 10; last++)
        {
            var tries = new[] { _here, _there }.Select(
                s => s.AppendAsync("a", [Text("x")], last, cancellation: Cancellation));
            var outcomes = await Task.WhenAll(tries.Select(async t =>
            {
                try
                {
                    await t;
                    return true;
                }
                catch (AppendConflictException)
                {
                    return false;
                }
            }));

            Assert.Equal([false, true], outcomes.Order());
        }
    }

    [Fact]
    public async Task Append_KeyRepeatedOnTheOtherNode_GetsTheFirstResult()
    {
        var both = await Task.WhenAll(
            _here.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation),
            _there.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation));

        Assert.Equal([1, 1], both.Select(b => (int)b[0].Seq));
        Assert.Single(both, b => b[0].IsRepeated);
    }

    [Fact]
    public async Task Watch_EventOfTheOtherNode_Comes()
    {
        await using var watch = Watch(_there, "a");
        await watch.MoveNextAsync();

        for (var i = 1; i <= 5; i++)
        {
            await _here.AppendAsync("a", [Text($"{i}")], cancellation: Cancellation);
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
            Assert.Equal((i, $"\"{i}\""), (watch.Current.Cursor.Seq, Show(watch.Current.Event!)));
        }
    }

    [Fact]
    public async Task Watch_NobodyNotifies_EventComesAllTheSame()
    {
        await _here.AppendAsync("a", [Text("1")], cancellation: Cancellation);
        await using var watch = Watch(_there, "a");
        await watch.MoveNextAsync();
        await watch.MoveNextAsync();

        await _cluster.ScalarAsync(_schema, """
            BEGIN;
            INSERT INTO events SELECT id, 2, at, 't', '"quiet"' FROM streams;
            UPDATE streams SET last = 2;
            COMMIT
            """);

        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
        Assert.Equal("\"quiet\"", Show(watch.Current.Event!));

        // The next one of this node's own follows it.
        await _there.AppendAsync("a", [Text("3")], cancellation: Cancellation);
        await watch.MoveNextAsync();
        Assert.Equal(3, watch.Current.Cursor.Seq);
    }

    [Fact]
    public async Task Watch_EveryConnectionIsCut_GoesOn()
    {
        await _here.AppendAsync("a", [Text("1")], cancellation: Cancellation);
        await using var watch = Watch(_there, "a");
        await watch.MoveNextAsync();
        await watch.MoveNextAsync();

        for (var seq = 2; seq <= 4; seq++)
        {
            await CutAsync();
            await _here.AppendAsync("a", [Text($"{seq}")], cancellation: Cancellation);
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
            Assert.Equal(seq, watch.Current.Cursor.Seq);
        }
    }

    [Fact]
    public async Task Append_ConnectionsAreCutMeanwhile_NothingAcknowledgedIsLostOrTwice()
    {
        using var enough = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 8).Select(async sender =>
        {
            var acknowledged = new List<(long Seq, string Text)>();
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                try
                {
                    var store = i % 2 == 0 ? _here : _there;
                    var stored = await store.AppendAsync("a", [Text($"{sender}.{i}")], cancellation: Cancellation);
                    acknowledged.Add((stored[0].Seq, $"\"{sender}.{i}\""));
                }
                catch (EventStoreException error)
                {
                    Assert.True(error.Failure is EventStoreFailure.Unavailable or EventStoreFailure.Unknown, error.Message);
                }
            }

            return acknowledged;
        }).ToList();
        for (var cut = 0; cut < 10; cut++)
        {
            await CutAsync();
            await _here.ListAsync(Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await enough.CancelAsync();
        var all = (await Task.WhenAll(senders).WaitAsync(Guard, Cancellation)).SelectMany(a => a).ToList();

        await _here.AppendAsync("a", [Text("last")], cancellation: Cancellation);
        var kept = await ReadAllAsync(_there, "a");
        Assert.NotEmpty(all);
        Assert.Equal(Enumerable.Range(1, kept.Count), kept.Select(e => (int)e.Seq));
        Assert.All(all, a => Assert.Equal(a.Text, Show(kept[(int)a.Seq - 1])));
        Assert.Equal(kept.Count, kept.Select(Show).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("another a")]
    public async Task Watch_HistoryIsLost_ResetsEverybodyInANewEpoch(string hint)
    {
        await _here.AppendAsync("a", [Text("1"), Text("2"), Text("3")], cancellation: Cancellation);
        var epoch = _there.Epoch;
        await using var watch = Watch(_there, "a");
        for (var i = 0; i < 4; i++)
        {
            await watch.MoveNextAsync();
        }

        // As a standby does that had only the first when it took over; who is told of news looks at once.
        await _cluster.ScalarAsync(_schema, $"""
            BEGIN; DELETE FROM events WHERE seq > 1; UPDATE streams SET last = 1;
            SELECT pg_notify('{_schema}_streams', '{hint}'); COMMIT
            """);

        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
        Assert.Equal(StreamItemKind.Resume, watch.Current.Kind);
        var page = await _here.ReadAsync("a", new StreamCursor(epoch, 1), 10, Cancellation);
        Assert.True(page.IsReset);
        Assert.NotEqual(epoch, page.Head.Epoch);
        Assert.Equal(2, (await _here.AppendAsync("a", [Text("2")], cancellation: Cancellation))[0].Seq);
    }

    [Fact]
    public async Task Append_HistoryIsLost_GetsANewEpochBeforeItIsStored()
    {
        await _here.AppendAsync("a", [Text("1"), Text("2"), Text("3")], cancellation: Cancellation);
        var epoch = _here.Epoch;
        await _cluster.ScalarAsync(_schema, "BEGIN; DELETE FROM events WHERE seq > 1; UPDATE streams SET last = 1; COMMIT");

        var stored = await _here.AppendAsync("a", [Text("x")], cancellation: Cancellation);

        Assert.Equal(2, stored[0].Seq);
        Assert.NotEqual(epoch, _here.Epoch);
        Assert.True((await _there.ReadAsync("a", new StreamCursor(epoch, 1), 1, Cancellation)).IsReset);
    }

    [Fact]
    public async Task Retain_OnTheOtherNode_ResetsWhoStandsBefore()
    {
        await _here.AppendAsync("a", [.. Enumerable.Range(1, 20).Select(i => Text($"{i}"))], cancellation: Cancellation);
        await _there.RetainAsync("a", 5, null, Cancellation);

        Assert.True((await _here.ReadAsync("a", new StreamCursor(_here.Epoch, 3), 10, Cancellation)).IsReset);
        Assert.Equal(16, (await _here.ReadAsync("a", null, 10, Cancellation)).Events[0].Seq);
    }

    [Fact]
    public async Task Append_StreamIsHeldForLong_FailsAndGoesOn()
    {
        await _here.AppendAsync("a", [Text("1")], cancellation: Cancellation);
        await using var holder = new Npgsql.NpgsqlConnection(_cluster.AddressOf(_schema) + ";Pooling=false");
        await holder.OpenAsync(Cancellation);
        await using (var held = await holder.BeginTransactionAsync(Cancellation))
        {
            await using var hold = new Npgsql.NpgsqlCommand("SELECT 1 FROM streams FOR UPDATE", holder, held);
            await hold.ExecuteNonQueryAsync(Cancellation);

            var refused = await Assert.ThrowsAsync<EventStoreException>(
                () => _here.AppendAsync("a", [Text("2")], cancellation: Cancellation).WaitAsync(Guard, Cancellation));
            Assert.Equal(EventStoreFailure.Locked, refused.Failure);
        }

        Assert.Equal(2, (await _here.AppendAsync("a", [Text("2")], cancellation: Cancellation))[0].Seq);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewEvent Text(string text, string? key = null) =>
        new("t", System.Text.Encoding.UTF8.GetBytes($"\"{text}\""), key);

    private static string Show(StreamEvent shown) => System.Text.Encoding.UTF8.GetString(shown.Data.Span);

    private PostgresEventStore Open() => PostgresEventStore.Open(
        PostgresAddress.Parse(_cluster.AddressOf(_schema) + ";Application Name=" + _schema, "test"),
        TimeProvider.System, NullLogger.Instance);

    private static IAsyncEnumerator<StreamItem> Watch(PostgresEventStore store, string stream) =>
        store.WatchAsync([new WatchedStream(stream, null)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);

    // Those of this test alone: the schema is in their search path.
    private Task CutAsync() => _cluster.ScalarAsync(_schema, """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND application_name = current_schema()
        """);

    private static async Task<List<StreamEvent>> TakeAsync(PostgresEventStore store, string[] streams, int count)
    {
        var seen = new List<StreamEvent>();
        var places = streams.ToDictionary(s => s, _ => new StreamCursor(null, 0));
        while (seen.Count < count)
        {
            await foreach (var item in store.WatchAsync(
                [.. places.Select(p => new WatchedStream(p.Key, p.Value))], cancellation: Cancellation))
            {
                places[item.Head.Stream] = item.Cursor;
                if (item.Event is { } given)
                {
                    seen.Add(given);
                    if (seen.Count == count)
                    {
                        break;
                    }
                }
            }
        }

        return seen;
    }

    private static async Task<List<StreamEvent>> ReadAllAsync(PostgresEventStore store, string stream)
    {
        var events = new List<StreamEvent>();
        while (await store.ReadAsync(stream, new StreamCursor(null, events.Count), 1000, Cancellation)
            is { Events: { Count: > 0 } page })
        {
            events.AddRange(page);
        }

        return events;
    }
}
