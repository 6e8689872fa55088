using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Http;

/// <summary>The problem types of streams; docs/services/streams.md lists when each is answered.</summary>
internal static class StreamProblems
{
    private static readonly ProblemType CursorReset = new("cursor-reset", 410, "Cursor no longer valid");
    private static readonly ProblemType StoreFull = new("store-full", 507, "No room to store");
    private static readonly ProblemType NotLeader = new("not-leader", 503, "Another node leads")
    {
        RetryAfterSeconds = 1,
    };

    private static readonly ProblemType StoreUnavailable = new("store-unavailable", 503, "Event store not available");

    public static Problem Reset(StreamHead head) => new(
        CursorReset,
        "The events after this cursor are not kept, or it belongs to another history. Begin again with 'next'.",
        ("next", new StreamCursor(head.Epoch, head.First - 1).ToString()));

    public static Problem Describe(EventStoreException error) => error.Failure switch
    {
        EventStoreFailure.Full => new Problem(StoreFull, "The disk is full: nothing was stored."),
        EventStoreFailure.NotLeader => new Problem(
            NotLeader, "This node does not lead any more: nothing was stored. The one that does is about to answer."),
        _ => new Problem(StoreUnavailable, error.Failure switch
        {
            EventStoreFailure.Locked => "Another process holds the event store. Try again later.",
            EventStoreFailure.Overloaded => "The disk does not keep up. Try again later.",
            EventStoreFailure.Unavailable => "The database of the event store cannot be used. Try again later.",
            EventStoreFailure.Unknown =>
                "The database was lost meanwhile: it may be stored or not. Repeat it with its idempotence key.",
            EventStoreFailure.Closed => "Rondo is about to stop. Try again later.",
            _ => "The event store has failed and is closed; the log says why.",
        }),
    };
}
