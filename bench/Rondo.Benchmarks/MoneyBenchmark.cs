using System.Globalization;
using BenchmarkDotNet.Attributes;
using Rondo.Services.Currency;

namespace Rondo.Benchmarks;

/// <summary>
/// Nanoseconds and bytes of one conversion, against the same arithmetic in doubles, which is wrong for money.
/// </summary>
[MemoryDiagnoser]
public class MoneyBenchmark
{
    private readonly RateSnapshot _rates = new(
        RateTable.Empty.Merge(
            [new RateDay(new DateOnly(2026, 11, 20), RateOrigin.Ecb, [Rate("GBP", 0.884m), Rate("USD", 1.22m)])],
            out _),
        [], 1, null);

    private readonly CurrencyConverter _converter = new(TimeProvider.System);
    private readonly CurrencyInfo _dollar = CurrencyCatalog.Find("USD")!;
    private readonly Amount _half = Amount.TryParse("2.345", out var half) ? half : default;
    private readonly byte[] _text = new byte[64];
    private readonly double _dollars = 1.22;
    private readonly double _pounds = 0.884;

    /// <summary>The same from text to text in binary floating point.</summary>
    [Benchmark(Baseline = true)]
    public int Doubles()
    {
        var result = Math.Round(double.Parse("100", CultureInfo.InvariantCulture) * _pounds / _dollars, 2);
        result.TryFormat(_text, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>Parse, look up, convert, round once, format.</summary>
    [Benchmark]
    public int Convert()
    {
        if (!Amount.TryParse("100", out var amount)
            || _converter.Convert(
                _rates, new ConversionRequest(_dollar, CurrencyCatalog.Find("GBP")!, amount),
                out var conversion) != default)
        {
            throw new InvalidOperationException("The conversion failed.");
        }

        return Money.Format(conversion.Result, _text);
    }

    /// <summary>An amount that falls on a half, which takes the exact path.</summary>
    [Benchmark]
    public decimal ConvertOnAHalf() => Money.Convert(_half, 1, 1, 2, MoneyRounding.HalfUp);

    private static EuroRate Rate(string code, decimal rate) => new(CurrencyCatalog.Find(code)!, rate);
}
