using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather;

/// <summary>The calls made on each day, and the places that somebody here has saved.</summary>
internal sealed class WeatherStore
{
    private readonly Database _database;

    public WeatherStore(Database database)
    {
        _database = database;
        Prepare(database);
    }

    /// <summary>Makes the tables of this room. Again does nothing.</summary>
    public static void Prepare(Database database) => database.Migrate("weather", """
        CREATE TABLE weather_calls (
            source TEXT NOT NULL, day TEXT NOT NULL, calls INTEGER NOT NULL, PRIMARY KEY (source, day)
        ) WITHOUT ROWID;
        CREATE TABLE weather_places (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT, latitude TEXT NOT NULL, longitude TEXT NOT NULL,
            zone TEXT NOT NULL
        ) WITHOUT ROWID;
        """);

    /// <summary>Adds to the calls of a day and returns their number then; forgets the days before.</summary>
    public int ReserveCalls(string source, DateOnly day, int calls) => _database.Write(session =>
    {
        session.Execute(
            "DELETE FROM weather_calls WHERE source = @source AND day < @day",
            ("@source", source), ("@day", Text(day)));
        return Convert.ToInt32(
            session.Scalar(
                "INSERT INTO weather_calls VALUES (@source, @day, @calls) "
                    + "ON CONFLICT (source, day) DO UPDATE SET calls = weather_calls.calls + excluded.calls RETURNING calls",
                ("@source", source), ("@day", Text(day)), ("@calls", calls)),
            CultureInfo.InvariantCulture);
    });

    public int LoadCalls(string source, DateOnly day) => _database.Read(
        "SELECT source, day, calls FROM weather_calls",
        row => (Source: row.GetString(0), Day: row.GetString(1), Calls: row.GetInt32(2)))
        .Where(r => r.Source == source && r.Day == Text(day)).Sum(r => r.Calls);

    public List<WeatherPlace> LoadPlaces() => _database.Read(
        "SELECT id, name, country, latitude, longitude, zone FROM weather_places ORDER BY id",
        row => new WeatherPlace(
            row.GetString(0), row.GetString(1), Number(row.GetString(3)), Number(row.GetString(4)), row.GetString(5))
        {
            Country = row.IsDBNull(2) ? null : row.GetString(2),
            IsSaved = true,
        });

    public void SavePlace(WeatherPlace place) => _database.Write(session => session.Execute(
        "INSERT INTO weather_places VALUES (@id, @name, @country, @latitude, @longitude, @zone) "
            + "ON CONFLICT (id) DO UPDATE SET name = @name, country = @country, "
            + "latitude = @latitude, longitude = @longitude, zone = @zone",
        ("@id", place.Id),
        ("@name", place.Name),
        ("@country", place.Country),
        ("@latitude", Text(place.Latitude)),
        ("@longitude", Text(place.Longitude)),
        ("@zone", place.Zone.Id)));

    public bool DeletePlace(string id) =>
        _database.Write(session => session.Execute("DELETE FROM weather_places WHERE id = @id", ("@id", id))) > 0;

    private static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static string Text(decimal degrees) => degrees.ToString(CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
