using System.Collections.Immutable;

namespace Rondo.Services.Supervision;

/// <summary>A supervised process at one moment. Immutable.</summary>
/// <param name="Name">The service that it runs.</param>
internal sealed record ChildStatus(string Name)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public ChildPhase Phase { get; init; }

    /// <summary>Since when it is in that phase.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Null while there is none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Where it listens; null until it has said so.</summary>
    public Uri? Url { get; init; }

    /// <summary>Whether it takes calls, as far as it says itself.</summary>
    public bool IsReady { get; init; }

    /// <summary>When it is started again; null while it runs.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>How often it has ended and was to be started again.</summary>
    public int Restarts { get; init; }

    /// <summary>When it ended in the last hour, oldest first.</summary>
    public ImmutableQueue<DateTimeOffset> Ends { get; init; } = [];

    /// <summary>How it ended last; null before the first time.</summary>
    public ChildExit? LastExit { get; init; }

    public DateTimeOffset? LastEnd { get; init; }

    /// <summary>The last line of its error output before that end.</summary>
    public string? LastWords { get; init; }

    /// <summary>How often it ended in the hour before a moment.</summary>
    public int EndsInHour(DateTimeOffset now) => Ends.Count(e => now - e < Hour);

    public ChildStatus WithEnd(DateTimeOffset at)
    {
        var ends = Ends;
        while (!ends.IsEmpty && at - ends.Peek() >= Hour)
        {
            ends = ends.Dequeue();
        }

        return this with { Ends = ends.Enqueue(at), Restarts = Restarts + 1, LastEnd = at };
    }
}
