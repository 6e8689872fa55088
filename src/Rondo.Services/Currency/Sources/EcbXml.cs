using System.Globalization;
using System.Xml;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// The European Central Bank's XML: <c>Cube</c> elements with a <c>time</c> hold <c>Cube</c> elements with
/// <c>currency</c> and <c>rate</c>. The daily, the 90-day and the history file have the same form.
/// </summary>
internal static class EcbXml
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = RateFile.MostBytes,
    };

    /// <exception cref="RateFormatException">This is not the bank's XML, or one of its rates is impossible.</exception>
    public static List<RateDay> Parse(byte[] document, RateOrigin origin)
    {
        var days = new List<RateDay>();
        RateDayBuilder? day = null;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document), Settings);
            while (reader.Read())
            {
                if (reader is not { NodeType: XmlNodeType.Element, LocalName: "Cube" })
                {
                    continue;
                }

                if (reader.GetAttribute("time") is { } time)
                {
                    Close(day, days);
                    day = new RateDayBuilder(Date(time), origin);
                }
                else if (reader.GetAttribute("currency") is { } currency)
                {
                    (day ?? throw new RateFormatException(
                            $"A rate of '{RateDayBuilder.Shorten(currency)}' has no date."))
                        .Add(currency, reader.GetAttribute("rate"));
                }
            }
        }
        catch (XmlException error)
        {
            throw new RateFormatException($"This is not the bank's XML: {error.Message}", error);
        }

        Close(day, days);
        return days.Count > 0 ? days : throw new RateFormatException("The XML holds no rates.");
    }

    private static void Close(RateDayBuilder? day, List<RateDay> days)
    {
        if (day?.Build() is { } built)
        {
            days.Add(built);
        }
    }

    private static DateOnly Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new RateFormatException($"'{RateDayBuilder.Shorten(text)}' is not a date.");
}
