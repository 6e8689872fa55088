namespace Rondo.Runtime.Diagnostics;

/// <summary>What a node of the task tree stands for.</summary>
internal enum TaskNodeKind
{
    /// <summary>A task of an event loop.</summary>
    Task,

    /// <summary>A call of an async method that has not returned yet.</summary>
    Method,

    /// <summary>What nobody's code waits any further for: a timer, a socket, a promise.</summary>
    Operation,

    /// <summary>A thread that blocks until something has ended.</summary>
    Thread,
}

/// <summary>What can be seen of one thing that waits or is waited for.</summary>
/// <typeparam name="T">How the source refers to it: an object, or an address in another process.</typeparam>
internal sealed record TaskSight<T>(TaskNodeKind Kind, string Name)
{
    /// <summary>In a word; empty when it simply waits.</summary>
    public string State { get; init; } = "";

    /// <summary>The line of the await it is at.</summary>
    public SourceLine? At { get; init; }

    /// <summary>The line that created it.</summary>
    public SourceLine? CreatedAt { get; init; }

    /// <summary>The number of the loop it belongs to.</summary>
    public int? Loop { get; init; }

    /// <summary>Plumbing that its author would not recognise: what it waits for takes its place.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Whether it may end before all of what it waits for has ended.</summary>
    public bool MayEndEarlier { get; init; }

    public IReadOnlyList<T> Awaits { get; init; } = [];

    public IReadOnlyList<T> Awaiters { get; init; } = [];

    /// <summary>For people: what it is, and at which line.</summary>
    public string ToLine() =>
        (Kind == TaskNodeKind.Task ? $"task {Name}" : Name) + (At is null ? "" : $" at {At}");
}
