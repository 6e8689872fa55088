using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// Saves what can be read of a damaged file into a new one, in a new epoch: every old cursor is a reset. Numbers stay
/// as they were; what cannot be read between them becomes a tombstone.
/// </summary>
internal static class EventRepair
{
    /// <summary>More than this between two events is damage to a number, not a loss.</summary>
    private const long MostLost = 1_000_000;

    /// <summary>What was saved, and where the damaged file lies now.</summary>
    internal sealed record RepairReport(int Streams, long Events, long Lost, string DamagedFile);

    /// <summary>Repairs the file of a folder that no server runs on.</summary>
    /// <exception cref="StartException">There is no file, or no place for a new one.</exception>
    public static RepairReport Run(string folder, TimeSpan patience)
    {
        var path = EventFile.PathIn(folder);
        if (!File.Exists(path))
        {
            throw new StartException($"There is no event store in '{folder}'.");
        }

        var repaired = path + ".repaired";
        Delete(repaired);
        var rescue = new Rescue();
        using (var target = EventFile.OpenForWriting(repaired, patience))
        {
            using var transaction = target.BeginTransaction();
            Try(() =>
            {
                using var source = EventFile.OpenForReading(path, patience);
                rescue.Copy(source, target);
            });
            transaction.Commit();
            EventFile.SetMeta(target, "clean", "1");
            EventFile.Execute(target, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var damaged = Enumerable.Range(1, int.MaxValue).Select(n => $"{path}.damaged-{n}").First(p => !File.Exists(p));
        foreach (var suffix in new[] { "", "-wal", "-shm" }.Where(s => File.Exists(path + s)))
        {
            File.Move(path + suffix, damaged + suffix);
        }

        File.Move(repaired, path);
        Delete(repaired);
        return new RepairReport(rescue.Streams, rescue.Events, rescue.Lost, damaged);
    }

    private static void Delete(string path)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(path + suffix);
        }
    }

    // What comes after the damage is out of reach for this statement; the others go on.
    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is SqliteException or StartException or InvalidCastException)
        {
        }
    }

    private sealed class Rescue
    {
        public int Streams { get; private set; }

        public long Events { get; private set; }

        public long Lost { get; private set; }

        public void Copy(SqliteConnection source, SqliteConnection target)
        {
            var streams = new List<(long Id, string Name, long First, long Last, long At)>();
            Try(() => Each(source, "SELECT id, name, first, last, at FROM streams", row => streams.Add(
                (row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)))));
            foreach (var stream in streams.Where(s => StreamLimits.IsName(s.Name)))
            {
                CopyStream(source, target, stream);
            }

            CopyTable(source, target, "keys", 6);
            CopyTable(source, target, "snapshots", 4);
        }

        private void CopyStream(
            SqliteConnection source, SqliteConnection target, (long Id, string Name, long First, long Last, long At) stream)
        {
            var from = EventQueries.Row(stream.Id, 0);
            var to = EventQueries.Row(stream.Id + 1, 0);
            var found = new SortedDictionary<long, long>();
            Scan("");
            Scan(" DESC");
            var (first, last) = (stream.First, stream.Last);
            if (found.Count > 0)
            {
                var (least, most) = (found.Keys.First(), found.Keys.Last());
                first = first > least || first < least - MostLost ? least : first;
                last = last < most || last > most + MostLost ? most : last;
            }
            else if (last - first > MostLost || last < first - 1)
            {
                // Nothing tells what there was.
                return;
            }

            var at = found.Count > 0 ? found.Values.First() : stream.At;
            for (var seq = first; seq <= last; seq++)
            {
                if (found.TryGetValue(seq, out var kept))
                {
                    at = kept;
                    continue;
                }

                Insert(target, "events", EventQueries.Row(stream.Id, seq), at, StreamEvent.Lost, "{}"u8.ToArray(), DBNull.Value);
                Lost++;
            }

            Insert(target, "streams", stream.Id, stream.Name, first, last, Math.Max(at, stream.At));
            Streams++;
            Events += found.Count;

            // From both ends: what lies before and behind one damaged place is found.
            void Scan(string order) => Try(() => Each(
                source,
                $"SELECT id, at, type, data, key FROM events WHERE id > {from} AND id < {to} ORDER BY id{order}",
                row =>
                {
                    var seq = EventQueries.SeqOf(row.GetInt64(0));
                    if (found.ContainsKey(seq))
                    {
                        throw new SqliteException("The rest is known.", 0);
                    }

                    var values = new object[5];
                    row.GetValues(values);
                    StreamLimits.OneLine(row.GetFieldValue<byte[]>(3));
                    Insert(target, "events", values);
                    found.Add(seq, row.GetInt64(1));
                }));
        }

        private static void CopyTable(SqliteConnection source, SqliteConnection target, string table, int columns) =>
            Try(() => Each(source, $"SELECT * FROM {table}", row =>
            {
                var values = new object[columns];
                row.GetValues(values);
                Insert(target, table, values);
            }));

        private static void Insert(SqliteConnection target, string table, params object[] values)
        {
            using var command = target.CreateCommand();
            command.CommandText = $"INSERT OR IGNORE INTO {table} VALUES ("
                + string.Join(", ", values.Select((_, i) => "$" + i)) + ")";
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.AddWithValue("$" + i, values[i]);
            }

            command.ExecuteNonQuery();
        }

        private static void Each(SqliteConnection source, string sql, Action<SqliteDataReader> row)
        {
            using var command = source.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                row(reader);
            }
        }
    }
}
