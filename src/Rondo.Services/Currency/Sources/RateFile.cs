using System.IO.Compression;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// Reads a document of rates whatever its form: the bank's zip, CSV or XML, or a fixer-shaped JSON. The content
/// decides, not a name or a media type.
/// </summary>
internal static class RateFile
{
    /// <summary>
    /// The largest document, packed or unpacked; the bank's whole history is 2 MB as CSV and 8 MB as XML.
    /// </summary>
    public const int MostBytes = 64 * 1024 * 1024;

    /// <summary>
    /// A date further ahead than this is a mistake; two days cover every time zone and an early file.
    /// </summary>
    private const int MostDaysAhead = 2;

    /// <summary>The days of the document, in its order; days in the future are left out.</summary>
    /// <exception cref="RateFormatException">The document cannot be read; nothing of it should be used.</exception>
    public static List<RateDay> Parse(byte[] document, RateOrigin origin, DateOnly today)
    {
        var content = document.AsSpan();
        content = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        content = content.TrimStart(" \t\r\n"u8);
        List<RateDay> days = content switch
        {
            [(byte)'P', (byte)'K', ..] => Unzip(document, origin),
            [(byte)'<', ..] => EcbXml.Parse(document, origin),
            [(byte)'{', ..] when origin is RateOrigin.Ecb => throw new RateFormatException(
                "This is JSON; the European Central Bank publishes zip, CSV and XML."),
            [(byte)'{', ..] or [(byte)'[', ..] => FixerJson.Parse(content.ToArray(), origin, today),
            [] => throw new RateFormatException("The document is empty."),
            _ => EcbCsv.Parse(new MemoryStream(document), origin),
        };
        return WithoutFuture(days, today);
    }

    /// <summary>
    /// Leaves out the days that cannot have been published yet: one of them would count as the latest for years.
    /// </summary>
    /// <exception cref="RateFormatException">There is no other.</exception>
    public static List<RateDay> WithoutFuture(List<RateDay> days, DateOnly today)
    {
        days.RemoveAll(d => d.Date > today.AddDays(MostDaysAhead));
        return days.Count > 0 ? days : throw new RateFormatException("Every rate in the document lies in the future.");
    }

    private static List<RateDay> Unzip(byte[] document, RateOrigin origin)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(document), ZipArchiveMode.Read);
            var entry = zip.Entries.FirstOrDefault(e => e.FullName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
                ?? throw new RateFormatException("The zip holds no CSV file.");
            using var unpacked = entry.Open();
            return EcbCsv.Parse(new MemoryStream(BoundedStream.ReadAll(unpacked, MostBytes)
                ?? throw new RateFormatException("The zip unpacks to more than 64 MB.")), origin);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new RateFormatException($"The zip is broken: {error.Message}", error);
        }
    }
}
