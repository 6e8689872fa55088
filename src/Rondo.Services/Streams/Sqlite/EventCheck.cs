using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>Whether a file holds what it promises: SQLite's own check, and numbers without gaps.</summary>
internal static class EventCheck
{
    private const string Numbers = """
        SELECT s.name, s.first, s.last, count(e.id), min(e.id) & 1099511627775, max(e.id) & 1099511627775
        FROM streams s LEFT JOIN events e ON e.id > s.id << 40 AND e.id < (s.id + 1) << 40
        GROUP BY s.id
        """;

    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? FirstMistake(SqliteConnection connection) => Mistakes(connection, "quick_check(1)").FirstOrDefault();

    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<string> AllMistakes(SqliteConnection connection) => Mistakes(connection, "integrity_check");

    private static IEnumerable<string> Mistakes(SqliteConnection connection, string check)
    {
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"PRAGMA {check}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (reader.GetString(0) is var line && line != "ok")
                {
                    yield return line;
                }
            }
        }

        using (var command = connection.CreateCommand())
        {
            command.CommandText = Numbers;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var (name, first, last) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2));
                var count = reader.GetInt64(3);
                if (count != last - first + 1
                    || (count > 0 && (reader.GetInt64(4) != first || reader.GetInt64(5) != last)))
                {
                    yield return $"stream '{name}' should hold events {first} to {last}, and holds {count}";
                }
            }
        }

        var strays = EventFile.Scalar(
            connection, "SELECT count(*) FROM events WHERE id >> 40 NOT IN (SELECT id FROM streams)");
        if (strays > 0)
        {
            yield return $"{strays} events belong to no stream";
        }
    }
}
