using Rondo.Services.Auth;
using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Noise;
using Rondo.Services.Weather;

namespace Rondo.Services.Backup;

/// <summary>The rooms that keep tables.</summary>
internal static class RoomTables
{
    /// <summary>Makes all that there are, empty.</summary>
    public static void Prepare(Database database)
    {
        KeyTable.Prepare(database);
        HookStore.Prepare(database);
        RateStore.Prepare(database);
        NoiseHookStore.Prepare(database);
        WeatherStore.Prepare(database);
    }

    /// <summary>The versions that this Rondo knows, by room.</summary>
    public static Dictionary<string, int> KnownVersions()
    {
        var folder = Directory.CreateTempSubdirectory("rondo-tables-");
        try
        {
            using var database = SqliteDatabase.Open(DataFolder.DatabasePathIn(folder.FullName));
            Prepare(database);
            return database.Versions();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
