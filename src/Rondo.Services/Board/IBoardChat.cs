namespace Rondo.Services.Board;

/// <summary>Where the board has the last lines of the lobby from.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal interface IBoardChat
{
    /// <summary>Oldest first; null when the lobby cannot be read at present.</summary>
    ValueTask<IReadOnlyList<BoardLine>?> ReadAsync();
}
