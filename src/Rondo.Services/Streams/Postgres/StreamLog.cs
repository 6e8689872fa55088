namespace Rondo.Services.Streams.Postgres;

internal static partial class StreamLog
{
    [LoggerMessage(
        LogLevel.Error,
        "The database {Database} has lost events: {What}. Every client begins anew, in a new epoch. Without a synchronous "
            + "standby a failover may do this; so does an older copy in the place of the database.")]
    public static partial void HistoryLost(ILogger log, string database, string what);
}
