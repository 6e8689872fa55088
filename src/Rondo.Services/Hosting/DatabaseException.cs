namespace Rondo.Services.Hosting;

internal enum DatabaseFailure
{
    /// <summary>Another process holds it; nothing was stored, and it goes on once that lets go.</summary>
    Busy,

    /// <summary>Nothing was stored; it goes on once there is room.</summary>
    Full,

    /// <summary>It cannot be reached or used now; nothing was stored, and it goes on once it can.</summary>
    Unavailable,

    /// <summary>It was lost while it made the change durable: all of it is stored, or nothing.</summary>
    Unknown,

    /// <summary>Another node leads: what this one holds in memory may be old. Nothing was stored.</summary>
    NotLeader,

    /// <summary>It does not do what it was told, and never will: a mistake of ours, or damage.</summary>
    Refused,
}

/// <summary>The tables could not be read or changed.</summary>
internal sealed class DatabaseException(DatabaseFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public DatabaseFailure Failure { get; } = failure;

    /// <summary>Whether it passes by itself, so that the same may succeed later.</summary>
    public bool IsPassing => Failure is not DatabaseFailure.Refused;
}
