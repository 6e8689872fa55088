using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Weather;

namespace Rondo.Services.Doctor;

/// <summary>Whether other people's servers can be asked.</summary>
internal static class SourceCheckUp
{
    /// <summary>What was found, and what their clocks say.</summary>
    public static async Task<(List<Finding> Findings, List<(string Whose, DateTimeOffset Said, DateTimeOffset Ours)> Clocks)>
        LookAsync(Patient patient)
    {
        var clocks = new List<(string Whose, DateTimeOffset Said, DateTimeOffset Ours)>();
        if (patient.IsOffline)
        {
            return ([
                Finding.Ok(FindingCodes.RatesSource, "not asked: offline"),
                Finding.Ok(FindingCodes.WeatherSource, "not asked: offline"),
            ], clocks);
        }

        using var http = new OutboundHttp(TimeProvider.System);
        try
        {
            var rates = new Uri(patient.Read<CurrencyOptions>(CurrencyOptions.Section).EcbAddress);
            var weather = patient.Read<WeatherOptions>(WeatherOptions.Section);
            return ([
                await AskAsync(FindingCodes.RatesSource, rates),
                weather.Place is null
                    ? Finding.Ok(FindingCodes.WeatherSource, "not asked: Weather:Place is not set")
                    : await AskAsync(FindingCodes.WeatherSource, new Uri(weather.OpenMeteoAddress)),
            ], clocks);
        }
        catch (StartException)
        {
            // That the settings are wrong is another finding.
            return ([], clocks);
        }

        async Task<Finding> AskAsync(string code, Uri url)
        {
            try
            {
                var (status, date) = await http.LookAsync(url, Patient.Deadline, CancellationToken.None);
                if (date is { } said)
                {
                    clocks.Add((url.Host, said, patient.Time.GetUtcNow()));
                }

                return status < 500
                    ? Finding.Ok(code, $"{url.Host} answers")
                    : Finding.Warn(code, $"{url.Host} answers {status}");
            }
            catch (Exception error) when (error is HttpRequestException or TimeoutException)
            {
                return Finding.Warn(code, $"{url.Host} cannot be reached: {error.Message}");
            }
        }
    }
}
