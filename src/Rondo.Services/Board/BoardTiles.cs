using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The board in pieces.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class BoardTiles
{
    // A page of another build may not know the pieces of this one.
    private static readonly string Build = typeof(BoardTiles).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..8];

    // Drawn anew when there is another minute to be seen, not at every look.
    private readonly Dictionary<(string Room, PageLanguage), (string Key, object Levels, string Content)> _hours = [];

    /// <summary>Names what is not a piece: which tiles and rooms there are, what they and the place are called.</summary>
    public static string Layout(BoardFacts facts, PageLanguage language)
    {
        var parts = new[] { Build, language.Tag(), facts.Settings.Name ?? "", string.Join(',', facts.Settings.Tiles) }
            .Concat([facts.Settings.Language?.Tag() ?? "", facts.Zone.Id])
            .Concat(facts.Rooms.SelectMany(r => new[] { r.Id, r.Name }));
        var hash = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 6));
    }

    public IEnumerable<(string Name, string Content)> Pieces(BoardFacts facts, PageLanguage language)
    {
        var texts = BoardWords.Of(language);
        yield return (BoardPieceName.Date, texts.Day(facts.Local(facts.At)));
        yield return (BoardPieceName.Alarm, Alarm(facts, texts).ToString());
        foreach (var room in facts.Rooms)
        {
            yield return (BoardPieceName.Now(room), RoomTile.Now(room, texts).ToString());
            yield return (BoardPieceName.Hour(room), Hour(room, facts, texts));
        }

        foreach (var tile in facts.Settings.Tiles)
        {
            Html? content = tile switch
            {
                BoardTile.Weather => WeatherTile.Of(facts, texts),
                BoardTile.Rates => RateTile.Of(facts, texts),
                BoardTile.Chat => ChatTile.Of(facts, texts),
                BoardTile.Services => ServiceTile.Of(facts, texts),
                _ => null,
            };
            if (content is { } shown)
            {
                yield return (tile, shown.ToString());
            }
        }
    }

    private string Hour(BoardRoom room, BoardFacts facts, PageTexts texts)
    {
        IReadOnlyList<BoardLevel> levels = facts.Hours.GetValueOrDefault(room.Id) ?? [];
        var key = $"{facts.At.UtcTicks / TimeSpan.TicksPerMinute} {room.Goal} {room.Loud} {room.Name} {facts.Zone.Id} "
            + $"{room.Level is null} {facts.Rooms.Count == 1}";
        if (!_hours.TryGetValue((room.Id, texts.Language), out var known)
            || known.Key != key || !ReferenceEquals(known.Levels, levels))
        {
            known = (key, levels, RoomTile.Hour(room, levels, facts, texts).ToString());
            _hours[(room.Id, texts.Language)] = known;
        }

        return known.Content;
    }

    // Read out when it changes: the levels themselves would never end.
    private static Html Alarm(BoardFacts facts, PageTexts texts) => Html.Of($"{string.Join(" ", facts.Rooms
        .Where(r => r.State is BoardRoomState.Loud)
        .Select(r => texts.Say("alarm", r.Name)))}");
}
