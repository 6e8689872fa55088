using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Streams;

/// <summary>Where the tables are: in the database that is named, else in the data folder.</summary>
internal static class DatabaseChoice
{
    /// <summary>Tables that a command changes beside a running server, or without one.</summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <exception cref="StartException">There are none, or they cannot be used.</exception>
    public static Database OpenExisting(string? databaseFile, string? dataFolder)
    {
        const string advice = "'rondo up' or 'rondo serve' makes it.";
        if (PostgresAddress.Find(databaseFile) is { } address)
        {
            return PostgresDatabase.OpenExisting(address)
                ?? throw new StartException($"There is no data in the database {address.Name}. {advice}");
        }

        var folder = DataFolder.Resolve(dataFolder);
        var path = DataFolder.DatabasePathIn(folder);
        return File.Exists(path)
            ? SqliteDatabase.Open(path)
            : throw new StartException($"There is no data in '{folder}'. {advice}");
    }

    /// <summary>Tables as they are; null when there are none.</summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <exception cref="StartException">They cannot be used.</exception>
    public static Database? OpenForReading(string? databaseFile, string? dataFolder) =>
        PostgresAddress.Find(databaseFile) is { } address
            ? PostgresDatabase.OpenForReading(address)
            : SqliteDatabase.OpenForReading(DataFolder.DatabasePathIn(DataFolder.Resolve(dataFolder)));
}
