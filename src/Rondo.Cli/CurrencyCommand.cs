using System.CommandLine;
using Rondo.Services.Currency;

namespace Rondo.Cli;

internal static class CurrencyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file")
        {
            Description = "eurofxref-hist.zip, a CSV or an XML of the European Central Bank",
        };
        var (data, database) = (CommonOptions.Data(), CommonOptions.DatabaseFile());
        var json = CommonOptions.Json();
        var import = new Command("import", """
            Store the history of rates from a file; importing it again changes nothing. While a server runs on it,
            send the file to it instead: POST /currency/import.
            """) { file, data, database, CommonOptions.Database(), json }.WithExamples("rondo currency import eurofxref-hist.zip");
        import.SetAction(parsed => CurrencyTool.Import(
            parsed.GetValue(file)!,
            parsed.GetValue(database),
            parsed.GetValue(data),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return new Command("currency", "Manage stored rates.") { import }
            .WithExamples("rondo currency import eurofxref-hist.zip");
    }
}
