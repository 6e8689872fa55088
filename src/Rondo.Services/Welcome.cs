using System.Globalization;
using Rondo.Services.Auth;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Weather;

namespace Rondo.Services;

/// <summary>
/// What a server prints when it is up: where it is, the admin key on the first start, and what to try.
/// </summary>
internal static class Welcome
{
    public static async Task WriteAsync(WebApplication app, TextWriter output)
    {
        var services = app.Services;
        var keyFile = services.GetRequiredService<AdminKeyFile>();
        var address = app.Addresses()[0];
        var rates = services.GetRequiredService<RateBook>().Current;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await output.WriteLineAsync($"Rondo {RondoServer.Version} listens on {string.Join(", ", app.Addresses())}");
        var transport = services.GetRequiredService<TransportChoice>();
        await output.WriteLineAsync($"  on     {transport.Name}, {transport.Reason}");
        await output.WriteLineAsync($"  data   {services.GetRequiredService<DataFolder>().Path}");
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  rates  {rates.LatestSource} of {rates.LatestDate}"
                + $"{(rates.IsStale(now) ? $", stale: {rates.Age(now).TotalDays:0} days old" : "")}"
                + $", {rates.Table.Dates.Length} days held"));
        var places = services.GetRequiredService<PlaceBook>();
        await output.WriteLineAsync($"  weather of {places.Default.Name}"
            + (places.IsFixture ? ", invented: Weather:Place is not set" : places.AsksServers ? "" : ", offline"));
        await output.WriteLineAsync($"  chat   {address}/chat");
        if (keyFile.Path is not null && keyFile.WriteIfNone(services.GetRequiredService<KeyStore>()))
        {
            await output.WriteLineAsync($"  admin key, in {keyFile.Path}");
        }
        else if (services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone() is { } key)
        {
            await output.WriteLineAsync($"  admin key, shown only this once: {key.Text}");
        }

        if (services.GetRequiredService<DemoKey>().Entry is not null)
        {
            await output.WriteLineAsync(
                $"  DEMO   the key '{DemoKey.Text}', which everybody knows, is accepted on this machine");
        }

        await output.WriteLineAsync($"""

            Try
              curl {address}/convert/GBP/100
              curl {address}/forecast
              curl '{address}/v1/latest?symbols=USD,CHF'
              curl {address}/currency/status
            """);
        await output.FlushAsync();
    }
}
