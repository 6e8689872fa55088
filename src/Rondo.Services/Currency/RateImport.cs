using System.Globalization;
using System.Text.Json;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>Takes a file of the European Central Bank's history into a data folder.</summary>
internal static class RateImport
{
    /// <summary>What a file held, and how much of it was new.</summary>
    internal sealed record ImportSummary(int Days, int Rates, DateOnly First, DateOnly Last, int Changed)
    {
        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteNumber("days", Days);
            json.WriteNumber("rates", Rates);
            json.WriteString("first_date", First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteString("last_date", Last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteNumber("changed", Changed);
            json.WriteEndObject();
        }
    }

    /// <summary>Imports while no server runs on the folder.</summary>
    /// <exception cref="StartException">The file or the folder cannot be used; nothing was stored.</exception>
    public static ImportSummary Run(string file, string dataFolder, TimeProvider time)
    {
        var days = Read(file, RateOrigin.Ecb, time);
        using var folder = DataFolder.Open(dataFolder);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var book = new RateBook(new RateStore(database), [], time);
        return Summary(days, book.Add(days).Count);
    }

    /// <summary>Reads a file of rates in any form.</summary>
    /// <exception cref="StartException">It is missing, too large or no file of rates.</exception>
    public static List<RateDay> Read(string file, RateOrigin origin, TimeProvider time)
    {
        try
        {
            using var content = File.OpenRead(file);
            var bytes = BoundedStream.ReadAll(content, RateFile.MostBytes)
                ?? throw new StartException($"'{file}' has more than 64 MB: this is no file of rates.");
            return RateFile.Parse(bytes, origin, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        }
        catch (RateFormatException error)
        {
            throw new StartException($"'{file}' is no file of rates: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{file}' cannot be read: {error.Message}");
        }
    }

    public static ImportSummary Summary(IReadOnlyList<RateDay> days, int changed) =>
        new(days.Count, days.Sum(d => d.Rates.Count), days.Min(d => d.Date), days.Max(d => d.Date), changed);
}
