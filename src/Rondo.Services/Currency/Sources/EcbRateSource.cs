using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// The European Central Bank: the daily file when one day is missing, the 90-day file when a few weeks are, the whole
/// history otherwise.
/// </summary>
internal sealed class EcbRateSource(OutboundHttp http, Func<CurrencyOptions> options, TimeProvider time) : IRateSource
{
    private const int RecentDays = 80;

    private readonly Dictionary<Uri, OutboundHttp.Validators> _validators = [];

    public RateOrigin Origin => RateOrigin.Ecb;

    public string Location => OutboundHttp.Name(new Uri(options().EcbAddress));

    public async Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held, CancellationToken cancellation)
    {
        var settings = options();
        var now = time.GetUtcNow();
        var url = new Uri(new Uri(settings.EcbAddress), FileFor(held, TargetCalendar.LastPublished(now)));
        var answer = await http.GetAsync(
            url, _validators.GetValueOrDefault(url), settings.Deadline, RateFile.MostBytes, cancellation);
        if (answer.Body is null)
        {
            return [];
        }

        var days = RateFile.Parse(answer.Body, Origin, DateOnly.FromDateTime(now.UtcDateTime));
        if (days.Find(d => d.Rates.All(r => r.Currency.Code != "USD")) is { } incomplete)
        {
            throw new RateFormatException(
                $"'{OutboundHttp.Name(url)}' has no dollar on {incomplete.Date:yyyy-MM-dd}, so it is not complete.");
        }

        _validators[url] = answer.Validators;
        return days;
    }

    private static string FileFor(DateOnly? held, DateOnly due)
    {
        if (held is not { } last || due.DayNumber - last.DayNumber > RecentDays)
        {
            return "eurofxref-hist.zip";
        }

        var next = last.AddDays(1);
        while (!TargetCalendar.IsWorkingDay(next))
        {
            next = next.AddDays(1);
        }

        return next >= due ? "eurofxref-daily.xml" : "eurofxref-hist-90d.xml";
    }
}
