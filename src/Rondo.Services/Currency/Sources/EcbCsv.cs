using System.Globalization;
using System.Text;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// The European Central Bank's CSV: <c>Date,USD,JPY,...</c> and a line per day, with <c>N/A</c> where there is no rate
/// and perhaps a comma at the end. The history file writes dates as 2026-04-13, the daily one as 13 April 2026 with
/// blanks after the commas.
/// </summary>
internal static class EcbCsv
{
    private static readonly string[] DateFormats = ["yyyy-MM-dd", "d MMMM yyyy"];

    /// <exception cref="RateFormatException">This is not such a file, or one of its rates is impossible.</exception>
    public static List<RateDay> Parse(Stream document, RateOrigin origin)
    {
        using var reader = new StreamReader(document, Encoding.UTF8);
        var codes = Header(reader.ReadLine());
        var days = new List<RateDay>();
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line) && Day(line, codes, origin) is { } day)
            {
                days.Add(day);
            }
        }

        return days.Count > 0 ? days : throw new RateFormatException("The file holds no rates.");
    }

    private static string[] Header(string? line)
    {
        var names = (line ?? "").Split(',', StringSplitOptions.TrimEntries);
        return names is ["Date", _, ..]
            ? names[1..]
            : throw new RateFormatException("The first line is not 'Date,USD,...': this is not the bank's CSV.");
    }

    private static RateDay? Day(string line, string[] codes, RateOrigin origin)
    {
        var fields = line.AsSpan().Split(',');
        fields.MoveNext();
        var text = line.AsSpan(fields.Current).Trim();
        if (!DateOnly.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            throw new RateFormatException($"'{RateDayBuilder.Shorten(text)}' is not a date.");
        }

        var day = new RateDayBuilder(date, origin);
        var column = 0;
        while (fields.MoveNext())
        {
            var rate = line.AsSpan(fields.Current).Trim();
            if (column >= codes.Length)
            {
                throw new RateFormatException($"{date:yyyy-MM-dd}: more fields than the first line names.");
            }

            if (!rate.IsEmpty && rate is not "N/A")
            {
                day.Add(codes[column], rate);
            }

            column++;
        }

        return day.Build();
    }
}
