namespace Rondo.Services.Currency;

/// <summary>
/// When the European Central Bank publishes: about 16:00 Central European Time on the working days of its payment
/// system TARGET. Summer time is computed here (directive 2000/84/EC), so no time-zone database is needed.
/// </summary>
internal static class TargetCalendar
{
    private static readonly TimeSpan PublicationTime = TimeSpan.FromHours(16);

    /// <summary>Not a Saturday, a Sunday or one of the six closing days.</summary>
    public static bool IsWorkingDay(DateOnly date)
    {
        if (date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
            || (date.Month, date.Day) is (1, 1) or (5, 1) or (12, 25) or (12, 26))
        {
            return false;
        }

        var easter = EasterSunday(date.Year);
        return date != easter.AddDays(-2) && date != easter.AddDays(1);
    }

    /// <summary>The moment at which that working day's rates are due.</summary>
    public static DateTimeOffset PublicationOf(DateOnly workingDay)
    {
        var offset = IsSummerTime(workingDay) ? 2 : 1;
        return new DateTimeOffset(workingDay.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(offset))
            + PublicationTime;
    }

    /// <summary>The first publication after <paramref name="now"/>.</summary>
    public static DateTimeOffset NextPublication(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        while (!IsWorkingDay(day) || PublicationOf(day) <= now)
        {
            day = day.AddDays(1);
        }

        return PublicationOf(day);
    }

    /// <summary>The working day whose rates were the last to fall due at <paramref name="now"/>.</summary>
    public static DateOnly LastPublished(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        while (!IsWorkingDay(day) || PublicationOf(day) > now)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    // Days are compared, not hours: publication is in the afternoon, the change in the night.
    private static bool IsSummerTime(DateOnly day) => day >= LastSunday(day.Year, 3) && day < LastSunday(day.Year, 10);

    private static DateOnly LastSunday(int year, int month)
    {
        var last = new DateOnly(year, month, 31);
        return last.AddDays(-(int)last.DayOfWeek);
    }

    // The Gregorian computus in the form of Meeus, Jones and Butcher.
    private static DateOnly EasterSunday(int year)
    {
        var a = year % 19;
        var (b, c) = (year / 100, year % 100);
        var d = b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + (19 * a) + 15;
        var h = d % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}
