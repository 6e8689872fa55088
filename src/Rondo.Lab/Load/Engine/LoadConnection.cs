namespace Rondo.Lab.Load.Engine;

/// <summary>One connection of a load thread, and the request on it. Times are nanoseconds since the run began.</summary>
internal sealed class LoadConnection
{
    public ConnectionState State;

    /// <summary>Whether a request is under way on it, be it only connecting.</summary>
    public bool HasRequest;

    /// <summary>From when the request counts.</summary>
    public long Start;

    /// <summary>When its first byte was sent.</summary>
    public long SentAt;

    public long FirstByteAt;
    public long ConnectStart;

    /// <summary>How long connecting took for the request under way; 0 on a connection that was open.</summary>
    public long ConnectTime;

    /// <summary>When it last became free.</summary>
    public long FreeSince;

    /// <summary>When the pause before its next request ends.</summary>
    public long PauseEnd;

    /// <summary>When to connect again after a failure; 0 for not.</summary>
    public long RetryAt;

    /// <summary>How much of the request is sent.</summary>
    public int Sent;

    /// <summary>Whether it waits for its turn to receive more.</summary>
    public bool IsUnread;

    public ResponseReader Reader { get; } = new();
}
