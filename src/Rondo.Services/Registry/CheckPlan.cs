namespace Rondo.Services.Registry;

internal enum CheckKind
{
    /// <summary>GET: 2xx passes, 429 warns, all else fails, redirects too.</summary>
    Http,

    /// <summary>A connection that can be made passes.</summary>
    Tcp,
}

/// <summary>How the registry looks after an instance by itself.</summary>
internal sealed record CheckPlan
{
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(60);

    public const int MostInARow = 100;

    public CheckKind Kind { get; init; }

    /// <summary>What is asked for, below the instance's own address; of HTTP alone.</summary>
    public string Path { get; init; } = "/";

    /// <summary>From the end of one look to the next. Default 10 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When no answer is an answer. Default 2 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures in a row until the instance is critical. Default 3.</summary>
    public int FailAfter { get; init; } = 3;

    /// <summary>Successes in a row until it is passing again. Default 2; the first look of all counts alone.</summary>
    public int PassAfter { get; init; } = 2;
}
