namespace Rondo.Services.Board;

/// <summary>What somebody has to do once, before the board is of use.</summary>
internal static class BoardSteps
{
    /// <summary>The place has a name; there is a room; the key is kept.</summary>
    public static IReadOnlyList<bool> Done(BoardFacts facts) =>
        [facts.Settings.Name is not null, facts.Rooms.Count > 0, facts.Settings.IsKeyKept];
}
