using System.Globalization;
using System.Text.Json;
using Rondo.Services.Currency;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>The newest day of rates of a currency service in another process.</summary>
internal sealed class RemoteRates(ServiceCalls calls, TimeProvider time) : IBoardRates
{
    private const string Service = "currency";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    // They say themselves how old they are.
    private readonly LastKnown<RateSnapshot> _rates = new(
        cancellation => AskAsync(calls, time, cancellation), Every, TimeSpan.MaxValue, time);

    public ValueTask<RateSnapshot?> ReadAsync() => _rates.ReadAsync();

    /// <summary>What a service says of its newest day and of how sure it is of that.</summary>
    public static RateSnapshot Read(JsonElement rates, JsonElement status, DateTimeOffset now)
    {
        var date = status.GetProperty("date").GetString()!;
        if (date.Length == 0)
        {
            return new RateSnapshot(RateTable.Empty, [], 0, null);
        }

        var origin = RateOrigins.Parse(status.GetProperty("source").GetString()!);
        var day = new RateDay(
            DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Enum.IsDefined(origin) ? origin : RateOrigin.Bundled,
            [
                .. rates.GetProperty("rates").EnumerateObject()
                    .Select(r => (Currency: CurrencyCatalog.Find(r.Name), Rate: decimal.Parse(
                        r.Value.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture)))
                    .Where(r => r.Currency is not null && !ReferenceEquals(r.Currency, CurrencyCatalog.Euro)
                        && EuroRate.IsPossible(r.Rate))
                    .Select(r => new EuroRate(r.Currency!, r.Rate)),
            ]);
        var asked = TimeSpan.FromSeconds(status.GetProperty("age_seconds").GetInt64());
        return new RateSnapshot(
            RateTable.Empty.Merge([day], out _), [], status.GetProperty("sequence").GetInt64(),
            new Dictionary<RateOrigin, DateTimeOffset> { [day.Origin] = now - asked });
    }

    private static async Task<RateSnapshot> AskAsync(
        ServiceCalls calls, TimeProvider time, CancellationToken cancellation)
    {
        using var status = await calls.GetAsync(Service, "/currency/status", cancellation);
        using var rates = status.RootElement.GetProperty("date").GetString() is { Length: > 0 }
            ? await calls.GetAsync(Service, "/currency/rates", cancellation)
            : null;
        return Read(rates?.RootElement ?? default, status.RootElement, time.GetUtcNow());
    }
}
