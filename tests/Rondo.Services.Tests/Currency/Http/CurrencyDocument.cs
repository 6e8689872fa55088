using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

/// <summary>docs/services/currency.md and the server of its examples.</summary>
internal static class CurrencyDocument
{
    private static readonly ServiceDocument Document = new("currency");

    public static string Rates => Document.Fenced("csv").Single();

    public static IEnumerable<ServiceDocument.Example> Examples => Document.Examples;

    public static IEnumerable<string[]> Table(string heading) => Document.Table(heading);

    /// <summary>The server of the examples: its rates and its clock.</summary>
    public static Task<TestServer> StartServerAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));
}
