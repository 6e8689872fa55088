namespace Rondo.Services.Gateway;

/// <summary>What an attempt can fail with so that another instance is asked.</summary>
[Flags]
internal enum RetryCause
{
    None = 0,

    /// <summary>No connection.</summary>
    Connect = 1,

    /// <summary>Answered 502, or what becomes one: the connection was lost, the answer was no HTTP.</summary>
    BadGateway = 2,

    /// <summary>Answered 503.</summary>
    Unavailable = 4,

    /// <summary>Answered 504, or not in time.</summary>
    Timeout = 8,
}

/// <summary>How often a request is sent, and after what again.</summary>
/// <threadsafety>Immutable.</threadsafety>
internal sealed class RetryPlan
{
    public const int MostAttempts = 5;

    private readonly Func<int, bool> _discards;

    public RetryPlan(int attempts, RetryCause on)
    {
        (Attempts, On) = (attempts, on);
        _discards = status => (On & OfStatus(status)) != 0;
    }

    public static RetryPlan Default { get; } =
        new(2, RetryCause.Connect | RetryCause.BadGateway | RetryCause.Unavailable | RetryCause.Timeout);

    /// <summary>All attempts together; 1 for no second one.</summary>
    public int Attempts { get; }

    public RetryCause On { get; }

    /// <summary>Says of a status whether the answer is thrown away; null where none is.</summary>
    public Func<int, bool>? Discards => (On & ~RetryCause.Connect) == 0 ? null : _discards;

    private static RetryCause OfStatus(int status) => status switch
    {
        502 => RetryCause.BadGateway,
        503 => RetryCause.Unavailable,
        504 => RetryCause.Timeout,
        _ => RetryCause.None,
    };
}
