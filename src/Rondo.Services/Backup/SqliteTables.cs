using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Backup;

/// <summary>Tables of a data folder's database, as <see cref="TableLines"/> and back.</summary>
internal static class SqliteTables
{
    private const string Cursor = "cursor";

    /// <summary>The tables of all rooms, as the connection sees them.</summary>
    public static List<BackupTable> List(SqliteConnection connection) => [.. Column(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
                + "AND name <> 'schema_versions' ORDER BY name")
        .Select(name => new BackupTable(
            name,
            Column(connection, $"SELECT name FROM pragma_table_info('{name}')"),
            EventFile.Scalar(connection, $"SELECT count(*) FROM {Quoted(name)}")))];

    /// <summary>The version of each room's tables.</summary>
    public static Dictionary<string, int> Versions(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT room, version FROM schema_versions";
        using var reader = command.ExecuteReader();
        var versions = new Dictionary<string, int>();
        while (reader.Read())
        {
            versions.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return versions;
    }

    public static void Export(SqliteConnection connection, IReadOnlyList<BackupTable> tables, Stream output)
    {
        TableLines.WriteHead(output, tables);
        foreach (var table in tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(Quoted))} FROM {Quoted(table.Name)}";
            using var reader = command.ExecuteReader();
            var values = new object[table.Columns.Count];
            while (reader.Read())
            {
                reader.GetValues(values);
                TableLines.WriteRow(output, table, values);
            }
        }
    }

    /// <summary>Puts what an archive has into tables that are there, all of it or nothing.</summary>
    /// <param name="database">With the tables of the archive's versions.</param>
    /// <param name="input">What <see cref="Export"/> has written, here or elsewhere.</param>
    /// <param name="moved">
    /// The epoch of the archive's events and the one that they have now, as texts: who was told something up to a
    /// cursor goes on from there.
    /// </param>
    /// <exception cref="InvalidDataException">A line that is not what the first one announces.</exception>
    public static long Import(Database database, Stream input, (string From, string To) moved)
    {
        var known = KnownColumns(database);
        using var lines = new StreamReader(input, leaveOpen: true);
        var number = 1L;
        try
        {
            var head = lines.ReadLine() ?? throw new InvalidDataException("it is empty");
            var tables = TableLines.ReadHead(head);
            Refuse(tables, known);
            return database.Write(session =>
            {
                foreach (var table in tables)
                {
                    // A table may be made with a row in it.
                    session.Execute($"DELETE FROM {Quoted(table.Name)}");
                }

                var targets = tables.ToDictionary(t => t.Name, t => new Target(session, t, moved));
                while (lines.ReadLine() is { } line)
                {
                    number++;
                    var (table, values) = TableLines.ReadRow(line);
                    (targets.GetValueOrDefault(table)
                        ?? throw new InvalidDataException($"the first line has no table '{table}'")).Add(values);
                }

                return targets.Values.FirstOrDefault(t => t.Missing != 0) is { } incomplete
                    ? throw new InvalidDataException($"the table '{incomplete.Name}' has not as many rows as announced")
                    : number - 1;
            });
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidDataException
            or KeyNotFoundException or InvalidOperationException or ArgumentException
            || error is DatabaseException { Failure: DatabaseFailure.Refused })
        {
            throw new InvalidDataException($"line {number} of {BackupParts.Tables}: {error.Message}", error);
        }
    }

    private static void Refuse(List<BackupTable> tables, ILookup<string, string> known)
    {
        if (tables.DistinctBy(t => t.Name).Count() != tables.Count)
        {
            throw new InvalidDataException("a table is announced twice");
        }

        foreach (var table in tables)
        {
            if (!known.Contains(table.Name) || table.Columns.FirstOrDefault(c => !known[table.Name].Contains(c)) is not null
                || table.Columns.Distinct().Count() != table.Columns.Count || table.Columns.Count == 0 || table.Rows < 0)
            {
                throw new InvalidDataException($"the table '{table.Name}' or one of its columns is not known here");
            }
        }
    }

    private static ILookup<string, string> KnownColumns(Database database) => database
        .Read(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' "
                + "AND m.name <> 'schema_versions' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~'",
            row => (Table: row.GetString(0), Column: row.GetString(1)))
        .ToLookup(c => c.Table, c => c.Column);

    private static List<string> Column(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>A table that gets rows.</summary>
    private sealed class Target
    {
        private readonly Database.Session _session;
        private readonly (string From, string To) _moved;
        private readonly string[] _names;
        private readonly string _insert;
        private readonly int _cursor;

        public Target(Database.Session session, BackupTable table, (string From, string To) moved)
        {
            (_session, _moved, Name, Missing) = (session, moved, table.Name, table.Rows);
            _names = [.. table.Columns.Select((_, i) => $"@v{i}")];
            _cursor = table.Columns.ToList().IndexOf(Cursor);
            _insert = $"INSERT INTO {Quoted(table.Name)} ({string.Join(", ", table.Columns.Select(Quoted))}) "
                + $"VALUES ({string.Join(", ", _names)})";
        }

        public string Name { get; }

        public long Missing { get; private set; }

        public void Add(List<object?> values)
        {
            if (values.Count != _names.Length)
            {
                throw new InvalidDataException("the row has not a value for each column");
            }

            if (_cursor >= 0 && values[_cursor] is string cursor
                && cursor.StartsWith(_moved.From + "-", StringComparison.Ordinal))
            {
                values[_cursor] = _moved.To + cursor[_moved.From.Length..];
            }

            _session.Execute(_insert, [.. _names.Zip(values)]);
            Missing--;
        }
    }
}
