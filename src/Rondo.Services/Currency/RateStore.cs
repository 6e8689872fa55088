using System.Data.Common;
using System.Globalization;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>
/// Rates in the database: a row per day, its rates as text (<c>USD=1.1684 JPY=186.75</c>), so that 27 years load in a
/// few milliseconds and read well in any SQLite shell.
/// </summary>
internal sealed class RateStore
{
    private const string DateFormat = "yyyy-MM-dd";

    private readonly Database _database;

    public RateStore(Database database)
    {
        _database = database;
        Prepare(database);
    }

    /// <summary>Makes the tables of this room. Again does nothing.</summary>
    public static void Prepare(Database database) => database.Migrate("currency", """
        CREATE TABLE rates (date TEXT PRIMARY KEY, origin TEXT NOT NULL, rates TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE rate_changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, origin TEXT NOT NULL,
            first TEXT NOT NULL, last TEXT NOT NULL, days INTEGER NOT NULL
        );
        CREATE TABLE rate_overrides (
            code TEXT NOT NULL, first TEXT NOT NULL, last TEXT, rate TEXT NOT NULL, PRIMARY KEY (code, first)
        ) WITHOUT ROWID;
        CREATE TABLE rate_sources (origin TEXT PRIMARY KEY, confirmed TEXT NOT NULL) WITHOUT ROWID;
        """, """
        CREATE TABLE rate_sequence (last INTEGER NOT NULL);
        INSERT INTO rate_sequence SELECT coalesce(max(sequence), 0) FROM rate_changes;
        DROP TABLE rate_changes;
        CREATE TABLE rate_notices (sequence INTEGER PRIMARY KEY, key TEXT NOT NULL, data BLOB NOT NULL);
        """);

    public List<RateDay> LoadDays() => _database.Read("SELECT date, origin, rates FROM rates", Day);

    /// <summary>The newest <paramref name="limit"/> days up to a date.</summary>
    public List<RateDay> LoadDays(DateOnly last, int limit) => _database.Read(
        $"SELECT date, origin, rates FROM rates WHERE date <= '{Text(last)}' ORDER BY date DESC LIMIT {limit}", Day);

    /// <summary>How many changes there have been.</summary>
    public long LoadSequence() => _database.Read("SELECT last FROM rate_sequence", row => row.GetInt64(0)).Single();

    /// <summary>The changes that are not known to be in the event stream, oldest first.</summary>
    public List<RateNotice> LoadNotices() => _database.Read(
        "SELECT key, data FROM rate_notices ORDER BY sequence",
        row => new RateNotice(row.GetString(0), row.GetFieldValue<byte[]>(1)));

    public void DeleteNotice(RateNotice notice) => _database.Write(session =>
        session.Execute("DELETE FROM rate_notices WHERE key = @key", ("@key", notice.Key)));

    public List<RateOverride> LoadOverrides() => _database.Read(
        "SELECT code, rate, first, last FROM rate_overrides",
        row => new RateOverride(
            CurrencyCatalog.Find(row.GetString(0))!,
            decimal.Parse(row.GetString(1), CultureInfo.InvariantCulture),
            Date(row.GetString(2)),
            row.IsDBNull(3) ? null : Date(row.GetString(3))));

    /// <summary>When each source last said that what we hold from it is its newest.</summary>
    public Dictionary<RateOrigin, DateTimeOffset> LoadConfirmed() => _database
        .Read(
            "SELECT origin, confirmed FROM rate_sources",
            row => (RateOrigins.Parse(row.GetString(0)), Instant(row.GetString(1))))
        .ToDictionary();

    /// <summary>Stores days and the notice of their change, in one transaction.</summary>
    public void Save(IReadOnlyList<RateDay> days, RateNotice notice, long sequence) => _database.Write(session =>
    {
        session.ExecuteMany(
            "INSERT INTO rates VALUES (@date, @origin, @rates) "
                + "ON CONFLICT (date) DO UPDATE SET origin = excluded.origin, rates = excluded.rates",
            ["@date", "@origin", "@rates"],
            days.Select(d => new object[] { Text(d.Date), d.Origin.Label(), Text(d.Rates) }));
        return Note(session, notice, sequence);
    });

    public void SaveConfirmed(RateOrigin origin, DateTimeOffset at) => _database.Write(session => session.Execute(
        "INSERT INTO rate_sources VALUES (@origin, @at) ON CONFLICT (origin) DO UPDATE SET confirmed = excluded.confirmed",
        ("@origin", origin.Label()), ("@at", Text(at))));

    public void SaveOverride(RateOverride set, RateNotice notice, long sequence) => _database.Write(session =>
    {
        session.Execute(
            "INSERT INTO rate_overrides VALUES (@code, @first, @last, @rate) "
                + "ON CONFLICT (code, first) DO UPDATE SET last = excluded.last, rate = excluded.rate",
            ("@code", set.Currency.Code),
            ("@first", Text(set.From)),
            ("@last", set.To is { } last ? Text(last) : null),
            ("@rate", set.Rate.ToString(CultureInfo.InvariantCulture)));
        return Note(session, notice, sequence);
    });

    public void DeleteOverrides(CurrencyInfo currency, RateNotice notice, long sequence) => _database.Write(session =>
    {
        session.Execute("DELETE FROM rate_overrides WHERE code = @code", ("@code", currency.Code));
        return Note(session, notice, sequence);
    });

    private static int Note(Database.Session session, RateNotice notice, long sequence)
    {
        session.Execute("UPDATE rate_sequence SET last = @sequence", ("@sequence", sequence));
        return session.Execute(
            "INSERT INTO rate_notices VALUES (@sequence, @key, @data)",
            ("@sequence", sequence), ("@key", notice.Key), ("@data", notice.Data));
    }

    private static RateDay Day(DbDataReader row) =>
        new(Date(row.GetString(0)), RateOrigins.Parse(row.GetString(1)), ParseRates(row.GetString(2)));

    private static List<EuroRate> ParseRates(string text)
    {
        var rates = new List<EuroRate>();
        foreach (var range in text.AsSpan().Split(' '))
        {
            var pair = text.AsSpan(range);
            if (pair is [_, _, _, '=', .. var rate] && CurrencyCatalog.Find(pair[..3]) is { } currency)
            {
                rates.Add(new EuroRate(currency, decimal.Parse(rate, CultureInfo.InvariantCulture)));
            }
        }

        return rates;
    }

    private static string Text(IReadOnlyList<EuroRate> rates)
    {
        var text = new StringBuilder();
        foreach (var (currency, rate) in rates)
        {
            text.Append(text.Length == 0 ? "" : " ").Append(currency.Code).Append('=')
                .Append(CultureInfo.InvariantCulture, $"{rate}");
        }

        return text.ToString();
    }

    private static string Text(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.Parse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
