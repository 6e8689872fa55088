using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>SQLite's result codes (https://sqlite.org/rescode.html) and what they mean to a caller.</summary>
internal static class SqliteError
{
    public const int Busy = 5;
    public const int Locked = 6;
    public const int Full = 13;

    /// <summary>
    /// A full disk and a lock pass. Anything else, above all a failed write or fsync, leaves open what the disk holds:
    /// the kernel may drop the pages it could not write and report the next fsync as good.
    /// </summary>
    public static EventStoreException Describe(Exception error) => (error as SqliteException)?.SqliteErrorCode switch
    {
        Full => new EventStoreException(
            EventStoreFailure.Full, "The event store has no room: its disk is full. Nothing was stored.", error),
        Busy or Locked => new EventStoreException(
            EventStoreFailure.Locked, "Another process has locked the event store. Nothing was stored.", error),
        _ => new EventStoreException(
            EventStoreFailure.Broken,
            $"The event store has failed and is closed: {error.Message} Start Rondo again; it verifies the file first.",
            error),
    };
}
