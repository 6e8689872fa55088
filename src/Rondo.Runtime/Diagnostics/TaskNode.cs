namespace Rondo.Runtime.Diagnostics;

/// <summary>One thing that waits or is waited for, in a snapshot.</summary>
/// <param name="Id">Its place in the snapshot.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Name">As its author would recognise it.</param>
internal sealed record TaskNode(int Id, TaskNodeKind Kind, string Name)
{
    /// <inheritdoc cref="TaskSight{T}.State"/>
    public string State { get; init; } = "";

    /// <inheritdoc cref="TaskSight{T}.At"/>
    public SourceLine? At { get; init; }

    /// <inheritdoc cref="TaskSight{T}.CreatedAt"/>
    public SourceLine? CreatedAt { get; init; }

    /// <inheritdoc cref="TaskSight{T}.Loop"/>
    public int? Loop { get; init; }

    /// <summary>The ids of what it waits for.</summary>
    public IReadOnlyList<int> Awaits { get; init; } = [];
}
