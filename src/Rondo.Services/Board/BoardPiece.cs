namespace Rondo.Services.Board;

/// <summary>A part of the board that changes as a whole.</summary>
/// <param name="Content">What is inside its element.</param>
/// <param name="Seq">The edition with which it became so.</param>
internal readonly record struct BoardPiece(string Content, long Seq);

/// <summary>Names for pieces: the page has them as <c>data-piece</c>, the stream as members.</summary>
internal static class BoardPieceName
{
    public const string Alarm = "alarm";
    public const string Date = "date";

    public static string Now(BoardRoom room) => $"room/{room.Id}/now";

    public static string Hour(BoardRoom room) => $"room/{room.Id}/hour";
}
