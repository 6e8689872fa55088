using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Sources;

/// <summary>A server that answers in the shape of fixer.io, at the address the operator gave.</summary>
internal sealed class FixerRateSource(OutboundHttp http, Func<CurrencyOptions> options, TimeProvider time) : IRateSource
{
    private OutboundHttp.Validators _validators;

    public RateOrigin Origin => RateOrigin.Fixer;

    // The operator may take the address away while a call is in flight.
    public string Location =>
        options().FixerAddress is { } address ? OutboundHttp.Name(new Uri(address)) : "no address";

    public async Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held, CancellationToken cancellation)
    {
        var settings = options();
        var answer = await http.GetAsync(
            new Uri(settings.FixerAddress!), _validators, settings.Deadline, RateFile.MostBytes, cancellation);
        if (answer.Body is null)
        {
            return [];
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var days = RateFile.WithoutFuture(FixerJson.Parse(answer.Body, Origin, today), today);
        _validators = answer.Validators;
        return days;
    }
}
