namespace Rondo.Services.Streams;

/// <summary>What a stream holds.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="First">The number of the oldest event that is kept; one beyond the last when none is.</param>
/// <param name="Last">The number of the newest event, 0 before the first.</param>
/// <param name="Epoch">The history that the numbers belong to.</param>
internal readonly record struct StreamHead(string Stream, long First, long Last, ulong Epoch)
{
    /// <summary>
    /// Whether a reader who stands at the cursor has lost the thread: in another epoch, before what is kept, or beyond
    /// the newest event.
    /// </summary>
    public bool IsLost(StreamCursor cursor) =>
        (cursor.Epoch is { } epoch && epoch != Epoch) || cursor.Seq < First - 1 || cursor.Seq > Last;
}

/// <summary>Some events of a stream.</summary>
/// <param name="Head">The stream as it was when they were read.</param>
/// <param name="Events">In the order that was asked for; empty with a reset.</param>
/// <param name="IsReset">The cursor means nothing here: start anew from <see cref="StreamHead.First"/>.</param>
internal sealed record StreamPage(StreamHead Head, IReadOnlyList<StreamEvent> Events, bool IsReset);

/// <summary>The state that all events of a stream up to one of them fold into.</summary>
internal sealed record StreamSnapshot(string Stream, long Seq, DateTimeOffset At, ReadOnlyMemory<byte> State);
