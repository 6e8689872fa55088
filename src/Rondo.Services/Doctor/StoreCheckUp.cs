using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Doctor;

/// <summary>Whether the two files of the data folder are sound, also beside a running server.</summary>
internal static class StoreCheckUp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static IEnumerable<Finding> Look(Patient patient)
    {
        if (patient.Address is not null)
        {
            yield break;
        }

        yield return File(FindingCodes.Tables, DataFolder.DatabasePathIn(patient.Folder), connection =>
            First(connection, "PRAGMA quick_check(1)") is var line && line != "ok" ? line : null);
        yield return File(FindingCodes.Events, EventFile.PathIn(patient.Folder), EventCheck.FirstMistake);
    }

    private static Finding File(string code, string path, Func<SqliteConnection, string?> mistake)
    {
        if (!System.IO.File.Exists(path))
        {
            return Finding.Ok(code, "not there yet");
        }

        try
        {
            using var connection = EventFile.OpenForReading(path, Patience);
            var size = new FileInfo(path).Length / 1048576.0;
            return mistake(connection) is { } found
                ? Finding.Fail(code, $"'{path}': {found}")
                : Finding.Ok(code, string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} is sound, {size:0.0} MB"));
        }
        catch (Exception error) when (error is SqliteException or StartException)
        {
            var reason = (error as SqliteException ?? error.InnerException)?.Message ?? error.Message;
            return Finding.Fail(code, $"'{path}' cannot be read: {reason}");
        }
    }

    private static string First(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)command.ExecuteScalar()!;
    }
}
