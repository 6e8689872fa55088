using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rondo.Services.Streams;

/// <summary>
/// Reads a page of a stream from the store; a null cursor starts at the oldest event that is kept.
/// </summary>
internal delegate Task<StreamPage> PageReader(
    string stream, StreamCursor? after, int limit, CancellationToken cancellation);

/// <summary>
/// One watcher: catches up from the store, then reads the live ends. It joins those before it reads the store, so that
/// an event is in one of the two, and it goes by number, so that it comes once.
/// </summary>
internal sealed class StreamWatch(StreamTails tails, PageReader read, int mostBehind)
{
    private const int BatchEvents = 256;

    private readonly List<StreamItem> _items = [];
    private readonly List<StreamEvent> _events = [];

    public async IAsyncEnumerable<StreamItem> RunAsync(
        IReadOnlyList<WatchedStream> streams, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Room for one: it says that there may be something new, not how much.
        var wake = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        var places = new List<Place>(streams.Count);
        try
        {
            foreach (var stream in streams)
            {
                places.Add(new Place(stream, tails.Join(stream.Stream, wake.Writer)));
            }

            while (true)
            {
                var isDone = true;
                foreach (var place in places)
                {
                    _items.Clear();
                    isDone &= !await AdvanceAsync(place, cancellation);
                    foreach (var item in _items)
                    {
                        yield return item;
                        if (item.Kind is StreamItemKind.Resume)
                        {
                            yield break;
                        }
                    }
                }

                if (isDone)
                {
                    await WaitAsync(wake.Reader, cancellation);
                }
            }
        }
        finally
        {
            foreach (var place in places)
            {
                tails.Leave(place.Tail, wake.Writer);
            }
        }
    }

    private static async ValueTask WaitAsync(ChannelReader<bool> wake, CancellationToken cancellation)
    {
        try
        {
            await wake.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is EventStoreException reason)
        {
            throw new EventStoreException(reason.Failure, reason.Message, reason);
        }
    }

    /// <summary>Takes one step; false when there is nothing to do until something happens.</summary>
    private async ValueTask<bool> AdvanceAsync(Place place, CancellationToken cancellation)
    {
        if (!place.HasBegun)
        {
            await BeginAsync(place, cancellation);
            return true;
        }

        _events.Clear();
        var limit = place.IsLive ? mostBehind : StreamLimits.TailEvents;
        switch (place.Tail.Read(place.Seq, limit, _events))
        {
            case StreamTail.Place.Within:
                Give(place, _events);
                return true;
            case StreamTail.Place.Behind when place.IsLive:
                Tell(place, StreamItemKind.Resume);
                return true;
            case StreamTail.Place.AtEnd when place.IsLive:
                return false;
            default:
                await CatchUpAsync(place, cancellation);
                return true;
        }
    }

    private async ValueTask BeginAsync(Place place, CancellationToken cancellation)
    {
        var (stream, after, start) = place.Watched;
        var page = await read(stream, after, after is null ? 1 : BatchEvents, cancellation);
        (place.Head, place.HasBegun) = (page.Head, true);
        if (after is null || page.IsReset)
        {
            Restart(place, start, page.IsReset);
            return;
        }

        place.Seq = after.Value.Seq;
        Give(place, page.Events);
    }

    private async ValueTask CatchUpAsync(Place place, CancellationToken cancellation)
    {
        var page = await read(place.Watched.Stream, place.Cursor, BatchEvents, cancellation);
        place.Head = page.Head;
        if (page.IsReset)
        {
            Restart(place, place.Watched.Start, isReset: true);
        }
        else if (page.Events.Count > 0)
        {
            Give(place, page.Events);
        }
        else
        {
            place.IsLive = true;
            tails.Begin(place.Tail, place.Seq);
            Tell(place, StreamItemKind.Live);
        }
    }

    private void Restart(Place place, StreamStart start, bool isReset)
    {
        place.Seq = start switch
        {
            StreamStart.First => place.Head.First - 1,
            StreamStart.Last => Math.Max(place.Head.First, place.Head.Last) - 1,
            _ => place.Head.Last,
        };
        if (isReset)
        {
            Tell(place, StreamItemKind.Reset);
        }
    }

    private void Give(Place place, IReadOnlyList<StreamEvent> events)
    {
        foreach (var given in events)
        {
            place.Seq = given.Seq;
            _items.Add(new StreamItem(StreamItemKind.Event, place.Head, place.Cursor, given));
        }
    }

    private void Tell(Place place, StreamItemKind kind) =>
        _items.Add(new StreamItem(kind, place.Head, place.Cursor));

    private sealed class Place(WatchedStream watched, StreamTail tail)
    {
        public WatchedStream Watched { get; } = watched;

        public StreamTail Tail { get; } = tail;

        public StreamHead Head { get; set; }

        /// <summary>The newest event that was given, or would have been.</summary>
        public long Seq { get; set; }

        public bool HasBegun { get; set; }

        public bool IsLive { get; set; }

        public StreamCursor Cursor => new(Head.Epoch, Seq);
    }
}
