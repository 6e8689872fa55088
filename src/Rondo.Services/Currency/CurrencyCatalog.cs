using System.Globalization;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>
/// The currencies of ISO 4217 that are in use, and those the euro, the new lira and the new leu replaced.
/// </summary>
internal static class CurrencyCatalog
{
    private const int Letters = 26;

    // By the code read as a number in base 26: a look-up costs no hash and no allocation.
    private static readonly CurrencyInfo?[] ByCode = new CurrencyInfo?[Letters * Letters * Letters];

    static CurrencyCatalog()
    {
        using var reader = new StreamReader(EmbeddedFile.Open("iso4217.csv"), Encoding.UTF8);
        reader.ReadLine();
        var all = new List<CurrencyInfo>();
        var replacements = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var field = line.Split(',');
            all.Add(new CurrencyInfo
            {
                Index = all.Count,
                Code = field[0],
                Numeric = field[1],
                MinorUnits = int.Parse(field[2], CultureInfo.InvariantCulture),
                Symbol = field[3],
                Name = field[4],
                ReplacedOn = field[6].Length == 0
                    ? null
                    : DateOnly.ParseExact(field[6], "yyyy-MM-dd", CultureInfo.InvariantCulture),
                FixedEuroRate = field[7].Length == 0 ? 0 : decimal.Parse(field[7], CultureInfo.InvariantCulture),
            });
            replacements.Add(field[5]);
            ByCode[Position(field[0])] = all[^1];
        }

        All = [.. all];
        foreach (var (currency, replacement) in all.Zip(replacements))
        {
            currency.ReplacedBy = Find(replacement);
        }

        Euro = Find("EUR")!;
    }

    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<CurrencyInfo> All { get; }

    public static CurrencyInfo Euro { get; }

    /// <summary>
    /// The currency with this code in either case, or null. No culture and no Unicode case folding takes part.
    /// </summary>
    public static CurrencyInfo? Find(ReadOnlySpan<char> code) => IsCode(code) ? ByCode[Position(code)] : null;

    /// <summary>Three ASCII letters: a code, known or not.</summary>
    public static bool IsCode(ReadOnlySpan<char> text) =>
        text.Length == 3 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) && char.IsAsciiLetter(text[2]);

    /// <summary>
    /// The known code most like <paramref name="code"/>: most letters in common, most of all the first.
    /// </summary>
    public static string Nearest(ReadOnlySpan<char> code)
    {
        var (best, bestScore) = (Euro, -1);
        foreach (var currency in All)
        {
            var score = 0;
            for (var i = 0; i < Math.Min(code.Length, 3); i++)
            {
                // The first letters name the country, so the first one weighs most; a letter elsewhere may be a
                // transposition.
                score += char.ToUpperInvariant(code[i]) == currency.Code[i] ? (i == 0 ? 3 : 2)
                    : currency.Code.Contains(char.ToUpperInvariant(code[i])) ? 1 : 0;
            }

            if (score > bestScore)
            {
                (best, bestScore) = (currency, score);
            }
        }

        return best.Code;
    }

    private static int Position(ReadOnlySpan<char> code) =>
        (((Letter(code[0]) * Letters) + Letter(code[1])) * Letters) + Letter(code[2]);

    private static int Letter(char c) => (c | 0x20) - 'a';
}
