using Rondo.Services.Streams;

namespace Rondo.Services.Tests.Streams;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task Watch_NewWatcher_GetsWhatIsKeptThenWhatComes()
    {
        await FillAsync("a", 2);
        await using var watch = Watch(new WatchedStream("a", null));

        Assert.Equal(["1 1", "2 2", "Live 2"], await watch.TakeAsync(3));
        await Store.AppendAsync("a", [Text("x"), Text("y")], cancellation: Cancellation);
        Assert.Equal(["3 x", "4 y"], await watch.TakeAsync(2));
    }

    [Fact]
    public async Task Watch_Cursor_GetsWhatWasMissed()
    {
        await FillAsync("a", 1000);
        await using var watch = Watch(new WatchedStream("a", new StreamCursor(Store.Epoch, 3)));

        Assert.Equal(Enumerable.Range(4, 997).Select(i => $"{i} {i}").Append("Live 1000"), await watch.TakeAsync(998));
    }

    [Theory]
    [InlineData(0, "Reset 2|3 3|4 4|5 5|Live 5")]
    [InlineData(1, "Reset 4|5 5|Live 5")]
    [InlineData(2, "Reset 5|Live 5")]
    public async Task Watch_CursorThatMeansNothing_IsResetOnceAndStartsAsAsked(int start, string expected)
    {
        await FillAsync("a", 5);
        await Store.RetainAsync("a", 3, null, Cancellation);

        foreach (var lost in new StreamCursor[] { new(null, 0), new(Store.Epoch + 1, 4), new(Store.Epoch, 99) })
        {
            await using var watch = Watch(new WatchedStream("a", lost, (StreamStart)start));
            Assert.Equal(expected.Split('|'), await watch.TakeAsync(expected.Split('|').Length));
        }

        await using var fresh = Watch(new WatchedStream("a", null, (StreamStart)start));
        Assert.Equal(expected.Split('|').Skip(1), await fresh.TakeAsync(expected.Split('|').Length - 1));
    }

    [Fact]
    public async Task Watch_StreamThatIsNotThereYet_GetsItsFirstEvent()
    {
        await using var watch = Watch(new WatchedStream("a", null, StreamStart.Last));

        Assert.Equal(["Live 0"], await watch.TakeAsync(1));
        await FillAsync("a", 1);
        Assert.Equal(["1 1"], await watch.TakeAsync(1));
    }

    [Fact]
    public async Task Watch_StreamThatIsNotThereYet_GetsMoreThanIsKeptInMemory()
    {
        const int events = StreamLimits.TailEvents + 200;
        await using var watch = Watch(new WatchedStream("a", null));
        await watch.TakeAsync(1);
        for (var seq = 1; seq <= events; seq += events / 2)
        {
            await Store.AppendAsync(
                "a", [.. Enumerable.Range(seq, events / 2).Select(i => Text($"{i}"))], cancellation: Cancellation);
            Assert.Equal(
                Enumerable.Range(seq, events / 2).Select(i => $"{i} {i}"), await watch.TakeAsync(events / 2));
        }
    }

    [Fact]
    public async Task Watch_SeveralStreams_EachHasItsCursor()
    {
        await FillAsync("a", 2);
        await FillAsync("b", 3);
        await using var watch = Watch(
            new WatchedStream("a", new StreamCursor(null, 2)),
            new WatchedStream("b", new StreamCursor(null, 2)),
            new WatchedStream("c", null));

        var caughtUp = await watch.TakeAsync(4);
        await FillAsync("c", 1);
        var c = await watch.TakeAsync(1);
        await Store.AppendAsync("a", [Text("x")], cancellation: Cancellation);

        Assert.Equal(["3 3", "Live 0", "Live 2", "Live 3"], caughtUp.Order());
        Assert.Equal(["1 1"], c);
        Assert.Equal(["3 x"], await watch.TakeAsync(1));
        Assert.Equal(new StreamCursor(Store.Epoch, 3), watch.Last.Cursor);
        Assert.Throws<ArgumentException>(
            () => Store.WatchAsync(
                [new WatchedStream("a", null), new WatchedStream("a", null)], cancellation: Cancellation));
    }

    [Fact]
    public async Task Watch_WatcherThatFallsBehind_IsToldToResumeAndLosesNothing()
    {
        await FillAsync("a", 1);
        await using var watch = Watch(new WatchedStream("a", null));
        Assert.Equal(["1 1", "Live 1"], await watch.TakeAsync(2));

        await Store.AppendAsync("a", [Text("2")], cancellation: Cancellation);
        Assert.Equal(["2 2"], await watch.TakeAsync(1));
        for (var i = 0; i < 3; i++)
        {
            await Store.AppendAsync("a", [.. Enumerable.Repeat(Text("x"), 500)], cancellation: Cancellation);
        }

        Assert.Equal(["Resume 2"], await watch.TakeAsync(1));
        var cursor = watch.Last.Cursor;
        Assert.False(await watch.MoveNextAsync());
        await using var resumed = Watch(new WatchedStream("a", cursor));
        Assert.Equal(3, (await resumed.TakeItemsAsync(1500))[0].Event!.Seq);
    }

    [Fact]
    public async Task Watch_MostBehind_IsTheWatchersOwnLimit()
    {
        await using var watch = new Watcher(Store.WatchAsync([new WatchedStream("a", null)], 10, Cancellation));
        await watch.TakeAsync(1);
        await FillAsync("a", 10);
        Assert.Equal(10, (await watch.TakeAsync(10)).Count);

        await FillAsync("a", 11);

        Assert.Equal(["Resume 10"], await watch.TakeAsync(1));
    }

    [Fact]
    public async Task Watch_RetentionPassesTheWatcher_IsAReset()
    {
        await FillAsync("a", 600);
        await using var watch = Watch(new WatchedStream("a", new StreamCursor(null, 0)));
        await watch.TakeAsync(256);

        await Store.RetainAsync("a", 10, null, Cancellation);

        Assert.Equal(["Reset 590", "591 591"], await watch.TakeAsync(2));
    }

    [Fact]
    public async Task Watch_EventErasedMeanwhile_ShowsTheTombstone()
    {
        await using var first = Watch(new WatchedStream("a", null));
        await first.TakeAsync(1);
        await FillAsync("a", 3);
        await first.TakeAsync(1);
        await Store.EraseAsync("a", 3, Cancellation);

        await using var second = Watch(new WatchedStream("a", new StreamCursor(null, 2)));
        Assert.Equal(["3 {}"], await second.TakeAsync(1));
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        using var source = new CancellationTokenSource();
        await using var watch = new Watcher(Store.WatchAsync([new WatchedStream("a", null)], cancellation: source.Token));
        await watch.TakeAsync(1);
        var next = watch.MoveNextAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Watch_StoreCloses_EndsWithTheReason()
    {
        await using var watch = Watch(new WatchedStream("a", null));
        await watch.TakeAsync(1);
        var next = watch.MoveNextAsync();

        await Store.DisposeAsync();

        Assert.Equal(
            EventStoreFailure.Closed, (await Assert.ThrowsAsync<EventStoreException>(() => next)).Failure);
        Assert.Equal(
            EventStoreFailure.Closed,
            (await Assert.ThrowsAsync<EventStoreException>(() => FillAsync("a", 1))).Failure);
        await Assert.ThrowsAsync<EventStoreException>(() => ReadAsync("a"));
    }

    [Fact]
    public async Task Watch_64AppendersAnd8Watchers_EachSeesEverythingOnceInOrder()
    {
        const int appenders = 64;
        const int each = 25;
        var streams = new[] { "a", "b" };
        var total = appenders * each;
        var watchers = Enumerable.Range(0, 8).Select(i => WatchAllAsync(i)).ToList();

        var stored = await Task.WhenAll(Enumerable.Range(0, appenders).Select(AppendAsync));
        var seen = await Task.WhenAll(watchers).WaitAsync(Guard, Cancellation);

        foreach (var stream in streams)
        {
            var page = new List<StreamEvent>();
            while (await Store.ReadAsync(stream, new StreamCursor(null, page.Count), 1000, Cancellation) is { Events.Count: > 0 } next)
            {
                page.AddRange(next.Events);
            }

            Assert.Equal(Enumerable.Range(1, total / 2), page.Select(e => (int)e.Seq));
            Assert.Equal(total / 2, page.Select(Text).Distinct().Count());
            Assert.All(seen, s => Assert.Equal(page.Select(Show), s[stream]));
            Assert.All(stored.SelectMany(s => s).Where(s => s.Stream == stream), s => Assert.Equal(s.Text, Text(page[(int)s.Seq - 1])));
        }

        static string Text(StreamEvent shown) => Show(shown).Split(' ')[1];

        async Task<List<(string Stream, long Seq, string Text)>> AppendAsync(int appender)
        {
            var mine = new List<(string, long, string)>();
            for (var i = 0; i < each; i++)
            {
                var (stream, text) = (streams[appender % 2], $"{appender}.{i}");
                var done = await Store.AppendAsync(stream, [EventStoreContract.Text(text)], cancellation: Cancellation);
                mine.Add((stream, done[0].Seq, text));
                await Task.Yield();
            }

            return mine;
        }

        async Task<Dictionary<string, List<string>>> WatchAllAsync(int watcher)
        {
            var seen = streams.ToDictionary(s => s, _ => new List<string>());
            var cursors = streams.ToDictionary(s => s, _ => new StreamCursor(null, 0));
            while (seen.Values.Sum(s => s.Count) < total)
            {
                // Half of them come and go.
                var most = watcher % 2 == 0 ? int.MaxValue : 100;
                await foreach (var item in Store.WatchAsync(
                    [.. streams.Select(s => new WatchedStream(s, cursors[s]))], cancellation: Cancellation))
                {
                    cursors[item.Head.Stream] = item.Cursor;
                    if (item.Event is { } given)
                    {
                        seen[given.Stream].Add(Show(given));
                        if (seen.Values.Sum(s => s.Count) == total || --most == 0)
                        {
                            break;
                        }
                    }
                }
            }

            return seen;
        }
    }

    private Watcher Watch(params WatchedStream[] streams) => new(Store.WatchAsync(streams, cancellation: Cancellation));

    /// <summary>Takes what a watch gives, a guard over each wait.</summary>
    private sealed class Watcher(IAsyncEnumerable<StreamItem> items) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<StreamItem> _items = items.GetAsyncEnumerator();

        public StreamItem Last => _items.Current;

        public Task<bool> MoveNextAsync() => _items.MoveNextAsync().AsTask().WaitAsync(Guard);

        public async Task<List<StreamItem>> TakeItemsAsync(int count)
        {
            var taken = new List<StreamItem>();
            while (taken.Count < count && await MoveNextAsync())
            {
                taken.Add(_items.Current);
            }

            return taken;
        }

        public async Task<List<string>> TakeAsync(int count) =>
            [.. (await TakeItemsAsync(count)).Select(i => i.Event is { } e ? Show(e) : $"{i.Kind} {i.Cursor.Seq}")];

        public ValueTask DisposeAsync() => _items.DisposeAsync();
    }
}
