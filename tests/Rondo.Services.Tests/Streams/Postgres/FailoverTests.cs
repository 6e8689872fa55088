using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>A standby takes over. The subject are real servers, which are this class's alone, and real time.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);

    private PostgresCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        PostgresCluster.SkipWithout();
        _cluster = await PostgresCluster.StartAsync();
    }

    public ValueTask DisposeAsync() => _cluster is null ? default : _cluster.DisposeAsync();

    [Fact]
    public async Task Append_SynchronousStandbyTakesOver_EverythingAcknowledgedIsThereOnce()
    {
        await _cluster.StartStandbyAsync(isSynchronous: true);
        var address = PostgresAddress.Parse(_cluster.AddressOfBoth("rondo"), "test");
        await using var lease = LeaderLease.Open(
            address, new LeaderCandidate("here", "http://here"), TimeSpan.FromMinutes(10), TimeProvider.System,
            NullLogger.Instance);
        var fence = await lease.TakeAsync(Cancellation);
        await using var store = PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance, fence);
        var epoch = store.Epoch;
        using var enough = new CancellationTokenSource();
        var acknowledged = 0;
        await using var watch = store.WatchAsync([new WatchedStream("a", null)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);
        var senders = Enumerable.Range(0, 4).Select(SendAsync).ToList();

        await UntilAsync(() => Volatile.Read(ref acknowledged) > 100);
        await _cluster.KillAsync();
        await _cluster.PromoteStandbyAsync();
        var before = Volatile.Read(ref acknowledged);
        await UntilAsync(() => Volatile.Read(ref acknowledged) > before + 100);
        await enough.CancelAsync();
        var all = (await Task.WhenAll(senders).WaitAsync(Guard, Cancellation)).SelectMany(a => a).ToList();

        var kept = await ReadAllAsync(store);
        Assert.Equal(Enumerable.Range(1, kept.Count), kept.Select(e => (int)e.Seq));
        Assert.All(all, a => Assert.Equal(a.Text, Show(kept[(int)a.Seq - 1])));
        Assert.Equal(kept.Count, kept.Select(Show).Distinct().Count());
        Assert.Equal(epoch, (await store.ReadAsync("a", null, 1, Cancellation)).Head.Epoch);
        Assert.True(lease.IsHeld);
        for (var seen = 0; seen < kept.Count;)
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
            Assert.NotEqual(StreamItemKind.Reset, watch.Current.Kind);
            if (watch.Current.Event is { } given)
            {
                Assert.Equal((++seen, Show(kept[seen - 1])), (given.Seq, Show(given)));
            }
        }

        async Task<List<(long Seq, string Text)>> SendAsync(int sender)
        {
            var mine = new List<(long, string)>();
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                try
                {
                    var stored = await store.AppendAsync("a", [Text($"{sender}.{i}")], cancellation: Cancellation);
                    mine.Add((stored[0].Seq, $"\"{sender}.{i}\""));
                    Interlocked.Increment(ref acknowledged);
                }
                catch (EventStoreException error)
                {
                    Assert.True(error.Failure is EventStoreFailure.Unavailable or EventStoreFailure.Unknown, error.Message);
                }
            }

            return mine;
        }
    }

    [Fact]
    public async Task Append_StandbyThatLacksEventsTakesOver_EverybodyBeginsAnewInANewEpoch()
    {
        await _cluster.StartStandbyAsync(isSynchronous: false);
        var address = PostgresAddress.Parse(_cluster.AddressOfBoth("rondo"), "test");
        await using var store = PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance);
        await store.AppendAsync("a", [Text("1"), Text("2")], cancellation: Cancellation);
        await _cluster.CutStandbyOffAsync();
        await store.AppendAsync("a", [Text("3"), Text("4"), Text("5")], cancellation: Cancellation);
        var epoch = store.Epoch;
        await using var watch = store.WatchAsync([new WatchedStream("a", null)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);
        for (var i = 0; i < 6; i++)
        {
            await watch.MoveNextAsync();
        }

        var cursor = watch.Current.Cursor;
        await _cluster.KillAsync();
        await _cluster.PromoteStandbyAsync();

        // It is told to come again, and then that its place is none.
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
        Assert.Equal(StreamItemKind.Resume, watch.Current.Kind);
        await using var again = store.WatchAsync([new WatchedStream("a", cursor)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);
        Assert.True(await again.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
        Assert.Equal(StreamItemKind.Reset, again.Current.Kind);
        var stored = await store.AppendAsync("a", [Text("x")], cancellation: Cancellation);
        var page = await store.ReadAsync("a", null, 10, Cancellation);
        Assert.NotEqual(epoch, page.Head.Epoch);
        Assert.Equal(page.Head.Epoch, store.Epoch);
        Assert.True((await store.ReadAsync("a", cursor, 10, Cancellation)).IsReset);
        Assert.Equal(["\"1\"", "\"2\"", "\"x\""], page.Events.Select(Show));
        Assert.Equal(3, stored[0].Seq);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewEvent Text(string text) => new("t", Encoding.UTF8.GetBytes($"\"{text}\""));

    private static string Show(StreamEvent shown) => Encoding.UTF8.GetString(shown.Data.Span);

    private static async Task UntilAsync(Func<bool> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard);
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task<List<StreamEvent>> ReadAllAsync(PostgresEventStore store)
    {
        var events = new List<StreamEvent>();
        while (await store.ReadAsync("a", new StreamCursor(null, events.Count), 1000, Cancellation)
            is { Events: { Count: > 0 } page })
        {
            events.AddRange(page);
        }

        return events;
    }
}
