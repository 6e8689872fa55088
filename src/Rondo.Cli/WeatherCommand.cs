using System.CommandLine;
using Rondo.Services.Weather;

namespace Rondo.Cli;

internal static class WeatherCommand
{
    public static Command Create()
    {
        var place = new Argument<string?>("place")
        {
            Description = "A name such as Munich, latitude,longitude such as 48.2,11.6, or a saved place "
                + "[default: the configured one]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var format = new Option<string?>("--format")
        {
            Description = "1 to 4, percent letters such as '%l: %c %t', json, text, ansi, csv or p1 "
                + "[default: a few lines]",
            HelpName = "FORMAT",
        };
        var days = new Option<string?>("--days") { Description = "1 to 7 [default: 2]", HelpName = "N" };
        var units = new Option<string>("--units")
        {
            Description = "What values are in",
            HelpName = "metric|imperial|si",
            DefaultValueFactory = _ => "metric",
        };
        var language = new Option<string>("--lang")
        {
            Description = "The language of conditions",
            HelpName = "en|de",
            DefaultValueFactory = _ => "en",
        };
        units.AcceptOnlyFromAmong("metric", "imperial", "si");
        language.AcceptOnlyFromAmong("en", "de");
        var (data, database) = (CommonOptions.Data(), CommonOptions.DatabaseFile());
        var offline = new Option<bool>("--offline") { Description = "Ask no server for anything" };
        var json = CommonOptions.Json();
        var command = new Command(
            "weather", "Show the weather of today and tomorrow, with the settings in the data folder.")
        {
            place, format, days, units, language, data, database, CommonOptions.Database(), offline, json,
        }.WithExamples("rondo weather", "rondo weather Munich --format '%l: %c %t'");
        command.SetAction((parsed, cancellation) => WeatherTool.RunAsync(
            new WeatherQuery
            {
                Place = parsed.GetValue(place),
                Format = parsed.GetValue(json) ? "json" : parsed.GetValue(format),
                Days = parsed.GetValue(days),
                Units = parsed.GetValue(units)!,
                Language = parsed.GetValue(language)!,
                DataFolder = parsed.GetValue(data),
                DatabaseFile = parsed.GetValue(database),
                Offline = parsed.GetValue(offline),
                HasColor = StandardStreams.OutputHasColor,
                Verbose = parsed.GetValue(CommonOptions.Verbose),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }
}
