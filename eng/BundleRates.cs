// Builds the snapshot of exchange rates that Rondo ships, so that it can convert
// currencies at first start with no network.
//
// Source:  npm package @fawazahmed0/currency-api, one version per day (YYYY.M.D), taken
//          from the registry that npm is set up to use.
//          Project: https://github.com/fawazahmed0/exchange-api
// Licence: CC0 1.0 Universal (public domain dedication), see LICENSE in that project.
// Output:  CSV in the layout of the ECB's own history file: units of each currency for
//          one euro, newest day first. These are market rates, not the ECB's fixings.
//
// Run:     dotnet run eng/BundleRates.cs [-- [--days N] [OUTPUT]]
// Needs:   .NET 10 and npm.

#:property PublishAot=false
#:property TreatWarningsAsErrors=false

using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

const string PackageName = "@fawazahmed0/currency-api";
const string RatesEntry = "package/v1/currencies/eur.json";
const int ParallelDownloads = 2;
const string Usage = """
    Usage: dotnet run eng/BundleRates.cs [-- [--days N] [OUTPUT]]

      --days N   how many working days to take, newest first (default 90)
      OUTPUT     file to write (default src/Rondo.Services/Currency/bundled-rates.csv)
      --help     show this text
    """;

// The currencies the ECB publishes, in the ECB's order.
string[] currencies = ("USD,JPY,CZK,DKK,GBP,HUF,PLN,RON,SEK,CHF,ISK,NOK,TRY,AUD,BRL,CAD,CNY,HKD,IDR,ILS,"
    + "INR,KRW,MXN,MYR,NZD,PHP,SGD,THB,ZAR").Split(',');

int wantedDays = 90;
string? outputPath = null;
var remaining = new Queue<string>(args);
while (remaining.TryDequeue(out string? argument))
{
    switch (argument)
    {
        case "--help":
            Console.WriteLine(Usage);
            return 0;
        case "--days" when remaining.TryDequeue(out string? count)
            && int.TryParse(count, CultureInfo.InvariantCulture, out wantedDays) && wantedDays > 0:
            break;
        case not ['-', ..] when outputPath is null:
            outputPath = argument;
            break;
        default:
            Console.Error.WriteLine($"Cannot use the argument '{argument}'.\n{Usage}");
            return 1;
    }
}

var tempFolder = Directory.CreateTempSubdirectory("rondo-rates-");
try
{
    // By default the file goes beside its user in this repository, whatever the current folder is.
    string programFolder = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
    outputPath = Path.GetFullPath(
        outputPath ?? Path.Combine(programFolder, "../src/Rondo.Services/Currency/bundled-rates.csv"));

    var rows = await CollectRowsAsync();
    if (rows.Count == 0)
        throw new InvalidDataException($"{PackageName} has no version for a working day.");

    var newestFirst = rows.Reverse().Take(wantedDays).ToList();
    string header = "Date," + string.Join(',', currencies);
    var lines = newestFirst.Select(row => $"{IsoDate(row.Key)},{row.Value}").Prepend(header);
    Directory.CreateDirectory(Path.GetDirectoryName(outputPath)!);
    File.WriteAllText(outputPath, string.Join('\n', lines) + "\n");
    Console.WriteLine($"{newestFirst.Count} days, {IsoDate(newestFirst[^1].Key)} to {IsoDate(newestFirst[0].Key)}");
    return 0;
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException
    or JsonException or InvalidOperationException or Win32Exception)
{
    Console.Error.WriteLine($"Error: {e.Message}");
    return 1;
}
finally
{
    tempFolder.Delete(recursive: true);
}

async Task<SortedDictionary<DateOnly, string>> CollectRowsAsync()
{
    using var versions = JsonDocument.Parse(await RunNpmAsync("view", PackageName, "versions", "--json"));
    var versionDates = versions.RootElement.EnumerateArray()
        .Select(version => TryParseDate(version.GetString(), "yyyy.M.d"))
        .OfType<DateOnly>().Where(IsWorkingDay).OrderDescending();

    var rows = new SortedDictionary<DateOnly, string>();
    foreach (var batch in versionDates.Chunk(ParallelDownloads))
    {
        foreach (var (versionDate, date, row) in await Task.WhenAll(batch.Select(LoadVersionAsync)))
        {
            int countBefore = rows.Count;
            if (date == versionDate)
                rows[date] = row; // A day's own version wins over another one that names the same day.
            else if (!IsWorkingDay(date) || !rows.TryAdd(date, row))
                Console.Error.WriteLine($"Skipped the version of {IsoDate(versionDate)}: it holds {IsoDate(date)}");

            if (rows.Count > countBefore && rows.Count % 10 == 0)
                Console.Error.WriteLine($"{rows.Count} of {wantedDays} days read, back to {IsoDate(date)}");
        }

        if (rows.Count >= wantedDays)
            break;
    }

    return rows;
}

async Task<(DateOnly VersionDate, DateOnly Date, string Row)> LoadVersionAsync(DateOnly versionDate)
{
    string version = versionDate.ToString("yyyy.M.d", CultureInfo.InvariantCulture);
    var folder = tempFolder.CreateSubdirectory(version);
    await RunNpmAsync("pack", $"{PackageName}@{version}", "--ignore-scripts", "--pack-destination", folder.FullName);
    var package = folder.GetFiles("*.tgz").FirstOrDefault()
        ?? throw new InvalidDataException($"npm pack left no package for version {version}.");

    using var json = ReadRates(package.FullName, version);
    package.Delete();
    if (!json.RootElement.TryGetProperty("eur", out var rates)
        || !json.RootElement.TryGetProperty("date", out var dateText)
        || TryParseDate(dateText.GetString(), "yyyy-MM-dd") is not { } date)
        throw new InvalidDataException($"{RatesEntry} of version {version} lacks its date or its rates.");

    if (!rates.TryGetProperty("usd", out _))
        throw new InvalidDataException($"Version {version} has no USD rate.");

    return (versionDate, date, string.Join(',', currencies.Select(currency => RateText(rates, currency, version))));
}

static JsonDocument ReadRates(string packagePath, string version)
{
    using var tar = new TarReader(new GZipStream(File.OpenRead(packagePath), CompressionMode.Decompress));
    while (tar.GetNextEntry() is { } entry)
    {
        if (entry.Name == RatesEntry && entry.DataStream is { } content)
            return JsonDocument.Parse(content);
    }

    throw new InvalidDataException($"Version {version} has no {RatesEntry}.");
}

// Keeps the digits the source wrote. A double would be able to change them.
static string RateText(JsonElement rates, string currency, string version)
{
    if (!rates.TryGetProperty(currency.ToLowerInvariant(), out var rate))
        return "N/A";

    string text = rate.GetRawText();
    if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) || value <= 0)
        throw new InvalidDataException($"Version {version} has a {currency} rate that cannot be used: {text}");

    return text.Contains('e', StringComparison.OrdinalIgnoreCase) ? value.ToString(CultureInfo.InvariantCulture) : text;
}

async Task<string> RunNpmAsync(params string[] arguments)
{
    // npm is a script on Windows, which has to be named in full to be started.
    var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments)
    {
        WorkingDirectory = tempFolder.FullName,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
    using var npm = Process.Start(start)!;
    var errors = npm.StandardError.ReadToEndAsync();
    string output = await npm.StandardOutput.ReadToEndAsync();
    await npm.WaitForExitAsync();
    return npm.ExitCode == 0
        ? output
        : throw new InvalidDataException($"npm {string.Join(' ', arguments)} failed:\n{await errors}");
}

// Monday to Friday without the closing days of TARGET, on which the ECB publishes no rates.
static bool IsWorkingDay(DateOnly date)
{
    var easter = EasterSunday(date.Year);
    return date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
        && (date.Month, date.Day) is not ((1, 1) or (5, 1) or (12, 25) or (12, 26))
        && date != easter.AddDays(-2) && date != easter.AddDays(1);
}

// Carter's rule, right for the years 1900 to 2099.
static DateOnly EasterSunday(int year)
{
    int fullMoon = (204 - 11 * (year % 19)) % 30 + 21;
    fullMoon -= fullMoon > 48 ? 1 : 0;
    int weekday = (year + year / 4 + fullMoon + 1) % 7;
    return new DateOnly(year, 3, 1).AddDays(fullMoon + 6 - weekday);
}

static DateOnly? TryParseDate(string? text, string format) =>
    DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

static string IsoDate(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
