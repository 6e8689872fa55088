namespace Rondo.Services.Streams.Postgres;

internal static partial class LeaseLog
{
    [LoggerMessage(LogLevel.Information, "This node, {Candidate}, leads: it has the lease '{Lease}' with token {Token}.")]
    public static partial void Taken(ILogger log, string candidate, string lease, long token);

    [LoggerMessage(LogLevel.Warning, "This node, {Candidate}, does not lead any more: {Reason}")]
    public static partial void Lost(ILogger log, string candidate, string reason);

    [LoggerMessage(LogLevel.Information, "This node, {Candidate}, has given the lease '{Lease}' back.")]
    public static partial void GivenBack(ILogger log, string candidate, string lease);

    [LoggerMessage(LogLevel.Information, "'{Holder}' leads, at {Address}.")]
    public static partial void OtherLeads(ILogger log, string holder, string? address);

    [LoggerMessage(LogLevel.Error, "The database {Database} says nothing of the lease '{Lease}': {Reason}")]
    public static partial void NoAnswer(ILogger log, string database, string lease, string reason);
}
