using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Weather;

/// <summary>What <c>rondo weather</c> was asked, as text.</summary>
public sealed record WeatherQuery
{
    /// <summary>A name, coordinates or the id of a saved place; the configured one when null.</summary>
    public string? Place { get; init; }

    /// <summary>As the parameter <c>format</c> of <c>/weather</c>; a few lines when null.</summary>
    public string? Format { get; init; }

    /// <summary>1 to 7; 2 when null.</summary>
    public string? Days { get; init; }

    /// <summary><c>metric</c>, <c>imperial</c> or <c>si</c>.</summary>
    public string Units { get; init; } = "metric";

    /// <summary><c>en</c> or <c>de</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The data folder, as in <see cref="ServerOptions.DataFolder"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>As in <see cref="ServerOptions.DatabaseFile"/>.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>Ask no server.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether the output is a terminal with colours.</summary>
    public bool HasColor { get; init; }

    /// <summary>Say where a line comes from.</summary>
    public bool Verbose { get; init; }
}

/// <summary>
/// The weather service in the terminal, with the settings, saved places and daily budgets of the data folder; no server
/// of Rondo has to run.
/// </summary>
public static class WeatherTool
{
    /// <summary>Prints the weather.</summary>
    /// <returns>The exit code: 1 when there is no such place or no weather, 2 when the query cannot be read.</returns>
    public static async Task<int> RunAsync(
        WeatherQuery query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            await PrintAsync(query, Style(query), output, cancellation);
            return ExitCode.Ok;
        }
        catch (StartException refused)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused.ExitCode;
        }
        catch (DatabaseException gone)
        {
            await error.WriteLineAsync("rondo: " + gone.Message);
            return ExitCode.Failed;
        }
    }

    private static WeatherStyle Style(WeatherQuery query)
    {
        var mistake = "";
        var style = new WeatherStyle { Format = query.HasColor ? WeatherFormat.Ansi : WeatherFormat.Text };
        style = query.Format is { } format
            ? style.WithFormat(format, out mistake) ?? throw new StartException(mistake, ExitCode.Usage)
            : style;
        style = query.Days is { } days ? style.WithDays(days) ?? throw Usage("--days", WeatherStyle.DaysText) : style;
        style = style.WithUnits(query.Units) ?? throw Usage("--units", WeatherStyle.UnitsText);
        return style.WithLanguage(query.Language) ?? throw Usage("--lang", WeatherStyle.LanguageText);

        static StartException Usage(string name, string expected) => new($"{name} is {expected}.", ExitCode.Usage);
    }

    private static async Task PrintAsync(
        WeatherQuery query, WeatherStyle style, TextWriter output, CancellationToken cancellation)
    {
        var folder = Hosting.DataFolder.Resolve(query.DataFolder);
        Hosting.DataFolder.CreatePrivate(folder);
        using var file = new SettingsFile(folder);
        var builder = new ConfigurationBuilder();
        file.AddTo(builder);
        var configuration = builder.AddEnvironmentVariables("RONDO_").Build();
        using var options = new LiveOptions<WeatherOptions>(
            configuration, WeatherOptions.Section, file, NullLogger<LiveOptions<WeatherOptions>>.Instance);
        using var database = Tables(query, folder, mayCreate: options.Current.Place is not null);
        var store = database is null ? null : new WeatherStore(database);
        var places = new PlaceBook(new WeatherSetup(query.Offline, IsFixture: false), () => options.Current, store);
        using var http = new OutboundHttp(TimeProvider.System);
        using var weather = new WeatherAggregator(
            WeatherService.Upstreams(http, places, () => options.Current, store, block: 1, TimeProvider.System),
            options,
            TimeProvider.System,
            NullLogger<WeatherAggregator>.Instance);
        var place = query.Place is null ? places.Default : Find(places, query.Place);
        var view = await weather.GetAsync(place, style.Days, cancellation);
        if (view.IsEmpty)
        {
            var errors = weather.Upstreams.Select(u => u.Gate?.Status().LastError).OfType<string>()
                .DefaultIfEmpty("No source knows anything of it.");
            throw new StartException(
                $"There is no weather of {place.FullName} at present. {string.Join(' ', errors)}");
        }

        var now = TimeProvider.System.GetUtcNow();
        var text = style.Write(view, now);
        await output.WriteAsync(text.EndsWith('\n') ? text : text + "\n");
        if (query.Verbose || (style.Format is WeatherFormat.Line && view.IsFixture))
        {
            await output.WriteLineAsync(WeatherBlock.Origin(view, now));
        }
    }

    // A node counts the calls together with all others; a folder may be without a server yet.
    private static Database? Tables(WeatherQuery query, string folder, bool mayCreate)
    {
        if (PostgresAddress.Find(query.DatabaseFile) is { } address)
        {
            return PostgresDatabase.OpenExisting(address);
        }

        var path = Hosting.DataFolder.DatabasePathIn(folder);
        return mayCreate || File.Exists(path) ? SqliteDatabase.Open(path) : null;
    }

    private static WeatherPlace Find(PlaceBook places, string text)
    {
        var found = places.Resolve(text);
        return found.Place ?? throw new StartException(
            WeatherProblems.Place(text, found).Detail,
            found.Failure is PlaceFailure.Unreadable ? ExitCode.Usage : ExitCode.Failed);
    }
}
