using System.Globalization;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The board's texts with what is put into them.</summary>
internal static class BoardWords
{
    private const int FreshSeconds = 5;

    public static PageTexts Of(PageLanguage language) => PageTexts.Of("board", language);

    /// <summary>How long ago something was, in its largest unit.</summary>
    public static string Age(this PageTexts texts, TimeSpan age) => age.TotalSeconds switch
    {
        < FreshSeconds => texts["age-now"],
        < 60 => texts.Say("age-seconds", (long)age.TotalSeconds),
        < 3600 => texts.Say("age-minutes", (long)age.TotalMinutes),
        < 48 * 3600 => texts.Say("age-hours", (long)age.TotalHours),
        _ => texts.Say("age-days", (long)age.TotalDays),
    };

    /// <summary>For how long something has been so.</summary>
    public static string Span(this PageTexts texts, TimeSpan span) => span.TotalSeconds switch
    {
        < 60 => texts.Say("span-seconds", Math.Max(0, (long)span.TotalSeconds)),
        < 3600 => texts.Say("span-minutes", (long)span.TotalMinutes),
        < 48 * 3600 => texts.Say("span-hours", (long)span.TotalHours),
        _ => texts.Say("span-days", (long)span.TotalDays),
    };

    /// <summary>Such as <c>Sunday, 22 November</c>.</summary>
    public static string Day(this PageTexts texts, DateTimeOffset local) => texts.Say(
        "date", texts["weekdays"].Split(' ')[(int)local.DayOfWeek], local.Day,
        texts["months"].Split(' ')[local.Month - 1]);

    /// <summary>Such as <c>20 November</c>.</summary>
    public static string Day(this PageTexts texts, DateOnly day) =>
        texts.Say("day", day.Day, texts["months"].Split(' ')[day.Month - 1]);

    /// <summary>A level in whole decibels.</summary>
    public static string Level(double level) =>
        Math.Round(level, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>How loud a room is.</summary>
    public static string State(this PageTexts texts, BoardRoom room) => room.State switch
    {
        BoardRoomState.Silent => texts["state-silent"],
        BoardRoomState.Loud => texts.Say("state-loud", Level(room.Loud ?? 0)),
        BoardRoomState.Goal => texts.Say("state-goal", Level(room.Goal ?? 0)),
        _ => texts["state-ok"],
    };

    /// <summary>
    /// What is to be known about a room's level; that there is no doubt is said, too. Null without a level.
    /// </summary>
    public static string? Quality(this PageTexts texts, BoardRoom room) =>
        room.Quality.Count > 0 ? string.Join(", ", room.Quality.Select(q => texts.Find("quality-" + q) ?? q))
        : room.Level is not null ? texts["quality-none"]
        : null;
}
