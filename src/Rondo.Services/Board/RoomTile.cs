using System.Globalization;
using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>A room: its level, how that is, how sure, how old, and the last hour.</summary>
internal static class RoomTile
{
    private static readonly ChartSize Small = new(360, 104, 11.5, TextMetrics.Proportional);

    // Of a room that has the row for itself.
    private static readonly ChartSize Large = new(480, 130, 13.5, TextMetrics.Proportional);

    public static string StateName(BoardRoomState state) => state switch
    {
        BoardRoomState.Ok => "ok",
        BoardRoomState.Goal => "goal",
        BoardRoomState.Loud => "loud",
        _ => "silent",
    };

    public static Html Now(BoardRoom room, PageTexts texts)
    {
        var state = StateName(room.State);
        var level = room.Level is { } measured
            ? Html.Of($"<b>{BoardWords.Level(measured)}</b> <span>dB(A)</span>")
            : Html.Of($"<b aria-hidden=\"true\">–</b> <span>dB(A)</span>");
        var age = room.At is { } at ? BoardAge.Of(at) : Html.Of($"{texts["never-measured"]}");
        return Html.Of($$"""
            <div class="is-{{state}}"><p class="level">{{level}}</p>
            <p class="state">{{BoardIcon.State(state)}} {{texts.State(room)}}</p></div>
            <p class="fine">{{age}}{{Quality(room, texts)}}{{Devices(room, texts)}}</p>
            """);
    }

    public static Html Hour(BoardRoom room, IReadOnlyList<BoardLevel> levels, BoardFacts facts, PageTexts texts)
    {
        // The minute that runs has no mean yet: the picture is the same until it has.
        var to = new DateTimeOffset(facts.At.UtcTicks - (facts.At.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var from = to.AddHours(-1);
        var scene = Chart(
            room, levels, from, to, texts, texts.Say("hour-title", room.Name),
            [(0, facts.Clock(from)), (30, facts.Clock(from.AddMinutes(30))), (60, facts.Clock(to))]).Draw(facts.Rooms.Count == 1 ? Large : Small);
        return Html.Trusted(SvgWriter.Embedded(scene, "hour-" + room.Id));
    }

    /// <summary>What is to be known about the level, behind it.</summary>
    public static Html Quality(BoardRoom room, PageTexts texts) => texts.Quality(room) is { } quality
        ? Html.Of($" <span class=\"flag{(room.Quality.Count == 0 ? "" : " doubt")}\">{quality}</span>")
        : default;

    /// <summary>The levels of a room over a time, in minutes from its beginning.</summary>
    public static LevelChart Chart(
        BoardRoom room,
        IReadOnlyList<BoardLevel> levels,
        DateTimeOffset from,
        DateTimeOffset to,
        PageTexts texts,
        string title,
        IReadOnlyList<(double At, string Text)> times)
    {
        var points = levels.Select(l => new LinePoint((l.At - from).TotalMinutes, l.Level ?? double.NaN)).ToList();
        var known = levels.Where(l => l.Level is not null).Select(l => l.Level!.Value).ToList();
        var nothing = texts[room.Level is null ? "hour-nothing" : "hour-soon"];
        var marks = new[] { (room.Goal, "mark-goal", ColorRole.Muted), (room.Loud, "mark-loud", ColorRole.Bad) }
            .Where(m => m.Item1 is not null)
            .Select(m => new LevelMark(m.Item1!.Value, texts.Say(m.Item2, BoardWords.Level(m.Item1!.Value)), m.Item3));
        return new LevelChart(
            title,
            known.Count == 0 ? nothing
                : texts.Say(
                    "hour-says", BoardWords.Level(known.Min()), BoardWords.Level(known.Max()),
                    known.Count.ToString(CultureInfo.InvariantCulture)),
            0,
            (to - from).TotalMinutes,
            points)
        {
            Marks = [.. marks],
            Times = times,
            Nothing = nothing,
        };
    }

    private static Html Devices(BoardRoom room, PageTexts texts) => room.Devices > 1
        ? Html.Of($" <span>{texts.Say("devices", room.Devices)}</span>")
        : default;
}
