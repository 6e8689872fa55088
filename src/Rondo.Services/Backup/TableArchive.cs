using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Backup;

/// <summary>Puts <see cref="TableLines"/> back into tables.</summary>
internal static class TableArchive
{
    private const string Cursor = "cursor";

    /// <summary>Puts what an archive has into tables that are there, all of it or nothing.</summary>
    /// <param name="database">With the tables of the archive's versions.</param>
    /// <param name="input">What <see cref="TableSnapshot"/> has written, here or elsewhere.</param>
    /// <param name="moved">
    /// The epoch of the archive's events and the one that they have now, as texts: who was told something up to a
    /// cursor goes on from there.
    /// </param>
    /// <exception cref="InvalidDataException">A line that is not what the first one announces.</exception>
    public static long Import(Database database, Stream input, (string From, string To) moved)
    {
        var known = database.Columns().ToLookup(c => c.Table, c => c.Column);
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
            or DatabaseException { Failure: DatabaseFailure.Refused })
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

    public static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

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
