using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>A database that goes and comes back. The subject is a real server, which is this class's alone.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);

    private PostgresCluster _cluster = null!;
    private PostgresAddress _address = null!;
    private PostgresEventStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        PostgresCluster.SkipWithout();
        _cluster = await PostgresCluster.StartAsync();
        _address = PostgresAddress.Parse(_cluster.UrlOf("rondo"), "test");
        _store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _store.DisposeAsync();
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Append_ServerIsKilledAndComesBack_WhatWasAcknowledgedIsThere()
    {
        using var enough = new CancellationTokenSource();
        var acknowledged = new List<(long Seq, string Text)>();
        var failures = new List<EventStoreFailure>();
        await using var watch = _store.WatchAsync([new WatchedStream("a", null)], cancellation: Cancellation)
            .GetAsyncEnumerator(Cancellation);
        await watch.MoveNextAsync();
        var sending = SendAsync();

        await UntilAsync(() => acknowledged.Count > 20);
        await _cluster.RestartAsync();
        var before = acknowledged.Count;
        await UntilAsync(() => acknowledged.Count > before + 20);
        await enough.CancelAsync();
        await sending.WaitAsync(Guard, Cancellation);

        var kept = await ReadAllAsync();
        Assert.Equal(Enumerable.Range(1, kept.Count), kept.Select(e => (int)e.Seq));
        Assert.All(acknowledged, a => Assert.Equal(a.Text, Show(kept[(int)a.Seq - 1])));
        Assert.All(failures, f => Assert.True(f is EventStoreFailure.Unavailable or EventStoreFailure.Unknown, $"{f}"));
        for (var seq = 1; seq <= kept.Count; seq++)
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Guard, Cancellation));
            Assert.Equal((seq, Show(kept[seq - 1])), (watch.Current.Cursor.Seq, Show(watch.Current.Event!)));
        }

        async Task SendAsync()
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                try
                {
                    var stored = await _store.AppendAsync("a", [Text($"{i}")], cancellation: Cancellation);
                    acknowledged.Add((stored[0].Seq, $"\"{i}\""));
                }
                catch (EventStoreException error)
                {
                    failures.Add(error.Failure);
                }
            }
        }
    }

    [Fact]
    public async Task Append_ServerIsDown_FailsClearlyAndGoesOnAfterwards()
    {
        await _store.AppendAsync("a", [Text("1")], cancellation: Cancellation);
        await _cluster.StopAsync();

        var refused = await Assert.ThrowsAsync<EventStoreException>(
            () => _store.AppendAsync("a", [Text("2")], cancellation: Cancellation).WaitAsync(Guard, Cancellation));
        var unread = await Assert.ThrowsAsync<EventStoreException>(
            () => _store.ReadAsync("a", null, 1, Cancellation).WaitAsync(Guard, Cancellation));
        var unopened = Assert.Throws<StartException>(Open);

        Assert.Equal(
            (EventStoreFailure.Unavailable, EventStoreFailure.Unavailable), (refused.Failure, unread.Failure));
        Assert.Contains("postgres on 127.0.0.1", refused.Message);
        Assert.Contains("postgres on 127.0.0.1", unopened.Message);
        Assert.False(_store.IsReady);

        await _cluster.StartAgainAsync();
        Assert.Equal(2, (await _store.AppendAsync("a", [Text("2")], cancellation: Cancellation))[0].Seq);
        await UntilAsync(() => _store.IsReady);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewEvent Text(string text) => new("t", System.Text.Encoding.UTF8.GetBytes($"\"{text}\""));

    private static string Show(StreamEvent shown) => System.Text.Encoding.UTF8.GetString(shown.Data.Span);

    private PostgresEventStore Open() => PostgresEventStore.Open(_address, TimeProvider.System, NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard);
            await Task.Delay(20, Cancellation);
        }
    }

    private async Task<List<StreamEvent>> ReadAllAsync()
    {
        var events = new List<StreamEvent>();
        while (await _store.ReadAsync("a", new StreamCursor(null, events.Count), 1000, Cancellation)
            is { Events: { Count: > 0 } page })
        {
            events.AddRange(page);
        }

        return events;
    }
}
