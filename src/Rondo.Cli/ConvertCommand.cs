using System.CommandLine;
using Rondo.Services.Currency;

namespace Rondo.Cli;

internal static class ConvertCommand
{
    public static Command Create()
    {
        var currency = new Argument<string>("currency") { Description = "The code to convert to, such as USD" };
        var amount = new Argument<string>("amount") { Description = "How much, such as 100 or 99.95" };
        var from = new Option<string>("--from")
        {
            Description = "The currency of the amount",
            HelpName = "CODE",
            DefaultValueFactory = _ => "EUR",
        };
        var date = new Option<string?>("--date")
        {
            Description = "The day whose rates count [default: the latest]",
            HelpName = "YYYY-MM-DD",
        };
        var rounding = new Option<string>("--rounding")
        {
            Description = "How the result is rounded to the minor unit",
            HelpName = "half-up|half-even|none",
            DefaultValueFactory = _ => "half-up",
        };
        rounding.AcceptOnlyFromAmong("half-up", "half-even", "none");
        var (data, database) = (CommonOptions.Data(), CommonOptions.DatabaseFile());
        var rates = CommonOptions.Rates();
        var json = CommonOptions.Json();
        var command = new Command(
            "convert", "Convert an amount with the rates that are stored, or those that ship with Rondo.")
        {
            currency, amount, from, date, rounding, data, database, CommonOptions.Database(), rates, json,
        }.WithExamples("rondo convert USD 100", "rondo convert JPY 99.95 --from GBP --date 2026-09-01 --verbose");
        command.SetAction(parsed => CurrencyTool.Convert(
            new ConvertQuery(parsed.GetValue(currency)!, parsed.GetValue(amount)!)
            {
                From = parsed.GetValue(from)!,
                Date = parsed.GetValue(date),
                Rounding = parsed.GetValue(rounding)!,
                DataFolder = parsed.GetValue(data),
                DatabaseFile = parsed.GetValue(database),
                RatesFile = parsed.GetValue(rates),
                Json = parsed.GetValue(json),
                Verbose = parsed.GetValue(CommonOptions.Verbose),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }
}
