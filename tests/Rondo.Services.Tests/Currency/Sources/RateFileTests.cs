using System.Text;
using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class RateFileTests
{
    private const string Csv = "Date,USD,\n2026-11-20,1.22,\n2026-11-19,1.2,\n";

    private static readonly DateOnly Today = TestRates.Date("2026-11-20");

    public static TheoryData<string, byte[]> Forms => new()
    {
        { "csv", Utf8(Csv) },
        { "csv with mark", Utf8("\uFEFF" + Csv) },
        { "xml", Utf8(EcbXml("2026-11-20 USD=1.22", "2026-11-19 USD=1.2")) },
        { "xml with mark", Utf8("\uFEFF" + EcbXml("2026-11-20 USD=1.22")) },
        { "json", Utf8("""{"date":"2026-11-20","rates":{"USD":1.22}}""") },
        { "json with mark and blanks", Utf8("\uFEFF \r\n" + """{"rates":{"USD":1.22}}""") },
        { "zip", Zip("eurofxref-hist.csv", Utf8(Csv)) },
        { "zip with another name", Zip("folder/RATES.CSV", Utf8(Csv)) },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_AnyForm_IsToldByItsContent(string form, byte[] document)
    {
        var days = RateFile.Parse(document, RateOrigin.File, Today);

        Assert.True(days.Count > 0, form);
        Assert.Equal((Today, RateOrigin.File, "USD=1.22"), (days[0].Date, days[0].Origin, TestRates.Text(days[0])));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("\uFEFF")]
    [InlineData("PK")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("\0\0\0\0")]
    [InlineData("%PDF-1.7")]
    [InlineData("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>")]
    public void Parse_NoFileOfRates_IsRefused(string document) => Refused(Utf8(document));

    [Fact]
    public void Parse_Utf16_IsRefused() =>
        Refused([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("<Cube/>")]);

    [Theory]
    [InlineData("2026-11-22", true)]
    [InlineData("2026-11-23", false)]
    [InlineData("2099-01-01", false)]
    [InlineData("9999-12-31", false)]
    public void Parse_FutureDate_IsDroppedBeyondTwoDays(string date, bool kept)
    {
        var days = RateFile.Parse(Utf8(EcbXml($"{date} USD=9", "2026-11-20 USD=1.2")), RateOrigin.Ecb, Today);

        Assert.Equal(kept ? 2 : 1, days.Count);
    }

    [Fact]
    public void Parse_NothingButFutureDates_IsRefused() => Refused(Utf8(EcbXml("2099-01-01 USD=9")));

    [Fact]
    public void Parse_ZipWithoutCsv_IsRefused() => Refused(Zip("readme.txt", Utf8(Csv)));

    [Fact]
    public void Parse_ZipInAZip_IsRefused() => Refused(Zip("inner.csv", Zip("rates.csv", Utf8(Csv))));

    [Fact]
    public void Parse_ZipBomb_IsRefusedAtTheLimit()
    {
        var bomb = Zip("rates.csv", new byte[RateFile.MostBytes + 1]);

        Assert.True(bomb.Length < 1024 * 1024);
        Assert.Contains("64 MB", Refused(bomb), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_CutAnywhere_GivesDaysOrIsRefused(string form, byte[] document)
    {
        for (var length = 0; length < document.Length; length++)
        {
            ParseOrRefuse(document[..length], $"{form} cut at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_AnyByteChanged_GivesDaysOrIsRefused(string form, byte[] document)
    {
        for (var at = 0; at < document.Length; at++)
        {
            foreach (var value in (byte[])[0x00, 0xFF, 0x80, (byte)'9', (byte)'\'', (byte)(document[at] ^ 1)])
            {
                var changed = (byte[])document.Clone();
                changed[at] = value;
                ParseOrRefuse(changed, $"{form} with {value:x2} at {at}");
            }
        }
    }

    private static void ParseOrRefuse(byte[] document, string what)
    {
        try
        {
            Assert.All(
                RateFile.Parse(document, RateOrigin.File, Today).SelectMany(d => d.Rates),
                r => Assert.True(r.Rate > 0));
        }
        catch (Exception error) when (error is not RateFormatException)
        {
            Assert.Fail($"{what}: {error}");
        }
        catch (RateFormatException)
        {
            // Refused, as it should be.
        }
    }

    private static string Refused(byte[] document) =>
        Assert.Throws<RateFormatException>(() => RateFile.Parse(document, RateOrigin.File, Today)).Message;
}
