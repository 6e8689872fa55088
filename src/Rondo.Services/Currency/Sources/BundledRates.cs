using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// The snapshot that ships with Rondo so that it answers with no network at its first start: market rates of 90 working
/// days for the currencies the European Central Bank publishes, made by <c>eng/BundleRates.cs</c>.
/// </summary>
internal static class BundledRates
{
    public static List<RateDay> Load()
    {
        using var file = EmbeddedFile.Open("bundled-rates.csv");
        return EcbCsv.Parse(file, RateOrigin.Bundled);
    }
}
