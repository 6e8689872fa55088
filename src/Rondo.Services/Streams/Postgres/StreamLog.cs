namespace Rondo.Services.Streams.Postgres;

internal static partial class StreamLog
{
    [LoggerMessage(
        LogLevel.Error,
        "The database {Database} has lost events: {What}. Every client begins anew, in a new epoch. Without a synchronous "
            + "standby a failover may do this; so does an older copy in the place of the database.")]
    public static partial void HistoryLost(ILogger log, string database, string what);

    [LoggerMessage(LogLevel.Error, "The database {Database} does not answer: {Reason}")]
    public static partial void DatabaseGone(ILogger log, string database, string reason);

    [LoggerMessage(LogLevel.Information, "The database {Database} answers again.")]
    public static partial void DatabaseAnswers(ILogger log, string database);
}
