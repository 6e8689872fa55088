namespace Rondo.Services.Streams;

/// <summary>One entry of a stream, as it is kept. Immutable: watchers share it.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Seq">1, 2, 3... in its stream, without a gap.</param>
/// <param name="At">The server's time in UTC, to the millisecond; never before that of the event before.</param>
/// <param name="Type">A short name, at most <see cref="StreamLimits.LongestType"/> characters.</param>
/// <param name="Data">JSON in UTF-8 on one line, at most <see cref="StreamLimits.MostDataBytes"/>.</param>
/// <param name="Key">The idempotence key it was appended with.</param>
internal sealed record StreamEvent(
    string Stream, long Seq, DateTimeOffset At, string Type, ReadOnlyMemory<byte> Data, string? Key)
{
    /// <summary>What stands in the place of an event whose data was erased.</summary>
    public const string Erased = "erased";

    /// <summary>What stands in the place of an event that a repair could not read.</summary>
    public const string Lost = "lost";
}

/// <summary>An event on its way into a stream.</summary>
/// <param name="Type">A short name of <c>[a-z0-9._-]</c>.</param>
/// <param name="Data">A JSON value in UTF-8; the store takes a copy.</param>
/// <param name="Key">
/// For 24 hours a repetition by the same sender in the same stream stores nothing and gets the first result.
/// </param>
internal sealed record NewEvent(string Type, ReadOnlyMemory<byte> Data, string? Key = null);

/// <summary>Where an appended event lies now.</summary>
/// <param name="Seq">Its number in the stream.</param>
/// <param name="At">Its time.</param>
/// <param name="IsRepeated">Whether its key was known: nothing was stored, this is the first result.</param>
internal readonly record struct StoredEvent(long Seq, DateTimeOffset At, bool IsRepeated);
