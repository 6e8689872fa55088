using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>Whose rules for parameters apply.</summary>
internal enum Dialect
{
    /// <summary>Ours: nothing unknown, nothing twice; 400 for what cannot be read.</summary>
    Native,

    /// <summary>
    /// Frankfurter v1: unknown parameters are ignored, the last of several counts, 422 for what cannot be read.
    /// </summary>
    FrankfurterV1,

    /// <summary>
    /// Frankfurter v2: unknown parameters are refused, the last of several counts, 422 for what cannot be read.
    /// </summary>
    FrankfurterV2,
}

/// <summary>
/// Reads the parameters of one request. The first mistake is kept in <see cref="Problem"/>; what follows it reads as
/// absent.
/// </summary>
internal sealed class CurrencyParameters
{
    private readonly IQueryCollection _query;
    private readonly Dialect _dialect;
    private readonly int _invalid;

    public CurrencyParameters(HttpContext context, Dialect dialect, params ReadOnlySpan<string> allowed)
    {
        _query = context.Request.Query;
        _dialect = dialect;
        _invalid = dialect is Dialect.Native ? 400 : 422;
        foreach (var (name, values) in _query)
        {
            if (dialect is not Dialect.FrankfurterV1 && !Contains(allowed, name))
            {
                Fail(new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no parameter '{Shorten(name)}' here; "
                        + $"there {(allowed.IsEmpty ? "is none" : "are " + string.Join(", ", allowed))}.")
                {
                    Status = _invalid,
                });
            }
            else if (dialect is Dialect.Native && values.Count > 1)
            {
                Fail(new Problem(
                    ProblemType.RepeatedParameter, $"'{name}' is given {values.Count} times; give it once."));
            }
        }
    }

    public Problem? Problem { get; private set; }

    public string? Text(string name, string? alias = null)
    {
        var values = _query.TryGetValue(name, out var found) ? found
            : alias is not null && _query.TryGetValue(alias, out found) ? found
            : StringValues.Empty;
        return values.Count > 0 ? values[^1] : null;
    }

    public void Fail(Problem problem) => Problem ??= problem;

    public CurrencyInfo Currency(string name, string? alias = null) =>
        Text(name, alias) is { } code ? CurrencyOf(code) : CurrencyCatalog.Euro;

    public CurrencyInfo CurrencyOf(string code)
    {
        if (CurrencyCatalog.Find(code) is { } currency)
        {
            return currency;
        }

        Fail(_dialect switch
        {
            Dialect.Native when !CurrencyCatalog.IsCode(code) => CurrencyProblems.NotACode(code),
            Dialect.FrankfurterV2 => CurrencyProblems.Unknown(code, 422),
            _ => CurrencyProblems.Unknown(code),
        });
        return CurrencyCatalog.Euro;
    }

    /// <summary>A comma-separated list of codes, each once; null when the parameter is absent.</summary>
    public IReadOnlyList<CurrencyInfo>? Currencies(string name, string? alias = null)
    {
        if (Text(name, alias) is not { } text)
        {
            return null;
        }

        var codes = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (codes.Length == 0)
        {
            Fail(CurrencyProblems.NotACode(text, _invalid));
        }

        // Frankfurter v1 leaves out what it does not know, and answers 404 only when nothing is left.
        var known = _dialect is Dialect.FrankfurterV1
            ? codes.Select(c => CurrencyCatalog.Find(c)).OfType<CurrencyInfo>()
            : codes.Select(CurrencyOf);
        var currencies = known.Distinct().ToList();
        if (currencies.Count == 0)
        {
            Fail(CurrencyProblems.Unknown(codes.FirstOrDefault() ?? text));
        }

        return currencies;
    }

    public Amount? Amount(string name) => Text(name) is { } text ? AmountOf(text) : null;

    public Amount AmountOf(string text)
    {
        if (!Rondo.Services.Currency.Amount.TryParse(text, out var amount)
            || (_dialect is not Dialect.Native && amount.Value == 0))
        {
            Fail(CurrencyProblems.Amount(_invalid));
        }
        else if (amount.Value > Rondo.Services.Currency.Amount.Largest)
        {
            Fail(CurrencyProblems.TooLarge());
        }

        return amount;
    }

    public DateOnly? Date(string name) => Text(name) is { } text ? DateOf(text) : null;

    public DateOnly? DateOf(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Fail(CurrencyProblems.Date(text, _invalid));
        return null;
    }

    public MoneyRounding Rounding() => Choice(
        "rounding",
        ("half-up", MoneyRounding.HalfUp),
        ("half-even", MoneyRounding.HalfEven),
        ("none", MoneyRounding.None));

    /// <summary>One of a few words; the first is the default.</summary>
    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(name) is not { } text)
        {
            return choices[0].Value;
        }

        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            words.Add(word);
        }

        Fail(new Problem(
            ProblemType.InvalidParameter,
            $"'{name}' is one of {string.Join(", ", words.Where(w => w.Length > 0))}, not '{Shorten(text)}'.")
        {
            Status = _invalid,
        });
        return choices[0].Value;
    }

    private static bool Contains(ReadOnlySpan<string> names, string name)
    {
        foreach (var known in names)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
