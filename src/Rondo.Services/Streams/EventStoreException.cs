namespace Rondo.Services.Streams;

internal enum EventStoreFailure
{
    /// <summary>Nothing was stored; it goes on once there is room.</summary>
    Full,

    /// <summary>Another process holds the file; nothing was stored, and it goes on once it lets go.</summary>
    Locked,

    /// <summary>The database cannot be reached or used now; nothing was stored, and it goes on once it can.</summary>
    Unavailable,

    /// <summary>
    /// The database was lost while it made the append durable: it is stored whole, or nothing of it is. An append with
    /// keys is safe to repeat.
    /// </summary>
    Unknown,

    /// <summary>
    /// Another node writes to the database by now, and this one may not; nothing was stored, and it never goes on.
    /// </summary>
    NotLeader,

    /// <summary>More waits to be stored than is taken on; try later.</summary>
    Overloaded,

    /// <summary>The file or its device failed. The store is closed; opening it again verifies it.</summary>
    Broken,

    /// <summary>The store has been closed by its owner.</summary>
    Closed,
}

/// <summary>
/// The store could not do it: for an append, nothing of it was acknowledged, and unless it is
/// <see cref="EventStoreFailure.Broken"/> or <see cref="EventStoreFailure.Unknown"/> nothing of it is stored.
/// </summary>
internal sealed class EventStoreException(EventStoreFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public EventStoreFailure Failure { get; } = failure;
}

internal enum AppendConflict
{
    /// <summary>The stream does not end where the caller thinks.</summary>
    ExpectedSeq,

    /// <summary>The key was used for other data, or for only a part of this append.</summary>
    KeyReused,
}

/// <summary>An append contradicts what is stored; nothing of it was stored.</summary>
internal sealed class AppendConflictException(AppendConflict conflict, long last, string message) : Exception(message)
{
    public AppendConflict Conflict { get; } = conflict;

    /// <summary>The number of the stream's newest event.</summary>
    public long Last { get; } = last;
}
