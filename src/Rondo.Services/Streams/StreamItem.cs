namespace Rondo.Services.Streams;

/// <summary>Where a watcher without a cursor starts, and one whose cursor means nothing any more.</summary>
internal enum StreamStart
{
    /// <summary>With the oldest event that is kept.</summary>
    First,

    /// <summary>With the newest event.</summary>
    Last,

    /// <summary>With the next event to come.</summary>
    Live,
}

/// <summary>One stream of those that somebody watches.</summary>
/// <param name="Stream">Its name; it need not exist yet.</param>
/// <param name="After">What the watcher has seen; null for a new one.</param>
/// <param name="Start">Where to begin without a cursor and after a reset.</param>
internal readonly record struct WatchedStream(string Stream, StreamCursor? After, StreamStart Start = StreamStart.First);

internal enum StreamItemKind
{
    Event,

    /// <summary>The cursor means nothing any more; what follows starts at <see cref="StreamItem.Cursor"/>.</summary>
    Reset,

    /// <summary>Everything that was missed has been given; from here on events come as they happen.</summary>
    Live,

    /// <summary>
    /// The watcher has fallen too far behind the live end. The last item: come again with the cursors.
    /// </summary>
    Resume,
}

/// <summary>What a watcher gets, one after the other.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Head">The stream it is about, as it was known then.</param>
/// <param name="Cursor">Where the watcher stands in that stream after this.</param>
/// <param name="Event">Set for an event alone.</param>
internal readonly record struct StreamItem(
    StreamItemKind Kind, StreamHead Head, StreamCursor Cursor, StreamEvent? Event = null);
