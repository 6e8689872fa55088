using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Currency;

/// <summary>What <c>rondo convert</c> was asked, as text.</summary>
public sealed record ConvertQuery(string Currency, string Amount)
{
    /// <summary>The currency the amount is in.</summary>
    public string From { get; init; } = "EUR";

    /// <summary>The day whose rates count, as 2026-11-20; the latest when null.</summary>
    public string? Date { get; init; }

    /// <summary><c>half-up</c>, <c>half-even</c> or <c>none</c>.</summary>
    public string Rounding { get; init; } = "half-up";

    /// <summary>The data folder, as in <see cref="ServerOptions.DataFolder"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>As in <see cref="ServerOptions.DatabaseFile"/>.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>A file of rates to use instead of the data folder.</summary>
    public string? RatesFile { get; init; }

    /// <summary>Answer with JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Say where the rate comes from.</summary>
    public bool Verbose { get; init; }
}

/// <summary>The currency service in the terminal: no server runs, no network is asked.</summary>
public static class CurrencyTool
{
    /// <summary>Days to load first; enough to reach over any run of holidays.</summary>
    private const int NearbyDays = 16;

    /// <summary>Converts and prints <c>122 USD</c>.</summary>
    /// <returns>The exit code: 1 when there is no such currency or rate, 2 when the query cannot be read.</returns>
    public static int Convert(ConvertQuery query, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            var request = Read(query);
            var time = TimeProvider.System;
            var converter = new CurrencyConverter(time);
            var rates = Load(query, request.Date, time);
            var failure = converter.Convert(rates, request, out var conversion);
            if (failure is ConversionError.NoRateForDate or ConversionError.NoRates)
            {
                // To say what there is instead takes all days.
                rates = Load(query, null, time, everything: true);
                failure = converter.Convert(rates, request, out conversion);
            }

            if (failure is not ConversionError.None)
            {
                throw new StartException(CurrencyProblems.Describe(failure, rates, request).Detail);
            }

            Print(query, request, conversion, rates.IsStale(request, conversion, time.GetUtcNow()), output);
            return ExitCode.Ok;
        }
        catch (StartException refused)
        {
            error.WriteLine("rondo: " + refused.Message);
            return refused.ExitCode;
        }
    }

    /// <summary>
    /// Stores the European Central Bank's history from a zip, CSV or XML file and prints what it held.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="databaseFile">
    /// As in <see cref="ServerOptions.DatabaseFile"/>: the rates of a database are changed by its server alone.
    /// </param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="output">Gets what the file held.</param>
    /// <param name="error">Gets the reason when nothing was stored.</param>
    /// <returns>The exit code: 1 when the file or the folder cannot be used.</returns>
    public static int Import(
        string file, string? databaseFile, string? dataFolder, bool json, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            if (PostgresAddress.Find(databaseFile) is { } address)
            {
                throw new StartException(
                    $"The rates in the database {address.Name} are changed by the server that leads, which holds them in "
                        + "memory. Send the file to it: POST /currency/import.");
            }

            var folder = Hosting.DataFolder.Resolve(dataFolder);
            var summary = RateImport.Run(file, folder, TimeProvider.System);
            output.WriteLine(json
                ? Text(summary.Write)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{summary.Days} days, {summary.Rates} rates, "
                        + $"{summary.First:yyyy-MM-dd} to {summary.Last:yyyy-MM-dd}; "
                        + $"{summary.Changed} days new or changed, stored in {folder}"));
            return ExitCode.Ok;
        }
        catch (StartException refused)
        {
            error.WriteLine("rondo: " + refused.Message);
            return refused.ExitCode;
        }
    }

    private static ConversionRequest Read(ConvertQuery query)
    {
        if (!Amount.TryParse(query.Amount, out var amount))
        {
            throw new StartException(
                $"'{query.Amount}' is no amount: digits with at most one point, such as 100 or 99.95.",
                ExitCode.Usage);
        }

        DateOnly? date = null;
        if (query.Date is not null)
        {
            date = DateOnly.TryParseExact(
                    query.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
                ? parsed
                : throw new StartException($"'{query.Date}' is no date: write it as 2026-11-20.", ExitCode.Usage);
        }

        var rounding = query.Rounding switch
        {
            "half-even" => MoneyRounding.HalfEven,
            "none" => MoneyRounding.None,
            _ => MoneyRounding.HalfUp,
        };
        return new ConversionRequest(Currency(query.From), Currency(query.Currency), amount, date, rounding);
    }

    private static CurrencyInfo Currency(string code) => CurrencyCatalog.Find(code)
        ?? (CurrencyCatalog.IsCode(code)
            ? throw new StartException(CurrencyProblems.Unknown(code).Detail)
            : throw new StartException(CurrencyProblems.NotACode(code).Detail, ExitCode.Usage));

    private static RateSnapshot Load(ConvertQuery query, DateOnly? date, TimeProvider time, bool everything = false)
    {
        if (query.RatesFile is { } file)
        {
            return new RateBook(null, RateImport.Read(file, RateOrigin.File, time), time).Current;
        }

        try
        {
            using var database = DatabaseChoice.OpenForReading(query.DatabaseFile, query.DataFolder);
            var store = database is null ? null : new RateStore(database);
            var days = everything ? store?.LoadDays() : store?.LoadDays(date ?? DateOnly.MaxValue, NearbyDays);
            var table = RateTable.Empty.Merge([.. BundledRates.Load(), .. days ?? []], out _);
            return new RateSnapshot(table, store?.LoadOverrides() ?? [], 0, store?.LoadConfirmed());
        }
        catch (DatabaseException error)
        {
            throw new StartException(error.Message);
        }
    }

    private static void Print(
        ConvertQuery query, in ConversionRequest request, in Conversion conversion, bool isStale, TextWriter output)
    {
        if (query.Json)
        {
            var (asked, answer) = (request, conversion);
            output.WriteLine(Text(json => ConversionJson.Write(json, asked, answer, isStale, null, numbers: false)));
            return;
        }

        output.WriteLine($"{Text(conversion.Result)} {request.To.Code}");
        if (query.Verbose)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"1 {request.From.Code} = {Text(conversion.Rate)} {request.To.Code}, "
                    + $"{conversion.Origin.Label()} of {conversion.RateDate:yyyy-MM-dd}{(isStale ? ", stale" : "")}"));
        }
    }

    private static string Text(decimal number)
    {
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetString(text[..Money.Format(number, text)]);
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
