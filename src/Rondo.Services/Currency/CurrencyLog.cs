namespace Rondo.Services.Currency;

internal static partial class CurrencyLog
{
    [LoggerMessage(
        100, LogLevel.Information,
        "Rates from {Source}: {Days} days new or changed, the last is {Last:yyyy-MM-dd}")]
    public static partial void RatesArrived(ILogger logger, string source, int days, DateOnly last);

    [LoggerMessage(101, LogLevel.Debug, "Rates from {Source}: nothing new")]
    public static partial void NothingNew(ILogger logger, string source);

    [LoggerMessage(
        102, LogLevel.Warning,
        "Rates from {Source} ({Location}) not taken over: {Reason} "
            + "The last good rates stay in use; next try at {Next:u}")]
    public static partial void SourceFailed(
        ILogger logger, string source, string location, string reason, DateTimeOffset next);

    [LoggerMessage(103, LogLevel.Error, "Rates have changed, but the stream of them could not be written; next try in a minute")]
    public static partial void StreamFailed(ILogger logger, Exception error);
}
