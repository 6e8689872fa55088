using System.Text;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// A group of appends in one transaction. It locks the rows of the streams, always in the same order, so that nobody
/// else numbers events of them until it ends; then it decides, as if the appends came one after the other, and stores
/// the outcome. Three round trips, whatever the size of the group.
/// </summary>
internal sealed class AppendTransaction(NpgsqlConnection connection, LeaderFence? fence, long now)
{
    private const string Lock = """
        SELECT id, name, last, at, (SELECT epoch FROM store) FROM streams WHERE name = ANY ($1)
        ORDER BY name FOR UPDATE OF streams
        """;

    private const string FindKeys = """
        SELECT s.name, k.sender, k.key, k.seq, k.at, k.hash
        FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS a (name, sender, key)
        JOIN streams s ON s.name = a.name
        JOIN keys k ON k.stream = s.id AND k.sender = a.sender AND k.key = a.key
        WHERE k.at > $4
        """;

    private readonly Dictionary<string, Head> _heads = [];
    private readonly Dictionary<(string Stream, string Sender, string Key), UsedKey> _keys = [];
    private readonly List<(Head Head, AppendRequest Request, NewEvent Event, UsedKey Used)> _newKeys = [];
    private readonly List<Head> _streamOf = [];

    public ulong? Epoch { get; private set; }

    /// <summary>What is stored with it, in the order of numbers of each stream.</summary>
    public List<StreamEvent> Appended { get; } = [];

    public IEnumerable<(string Stream, long Last)> Locked => _heads.Values.Select(h => (h.Name, h.LockedLast));

    /// <summary>Locks the streams and reads what the decisions need.</summary>
    public async Task BeginAsync(
        List<AppendRequest> group, IReadOnlySet<string> known, CancellationToken cancellation)
    {
        var names = group.Select(r => r.Stream).Distinct().ToArray();
        var missing = group.Where(r => r.MayCreate && !known.Contains(r.Stream)).Select(r => r.Stream).ToHashSet();
        var keyed = group.SelectMany(r => r.Events.Where(e => e.Key is not null).Select(e => (r.Stream, r.Sender, e.Key)))
            .Distinct().ToList();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { PostgresSql.BatchCommand("BEGIN") } };
        if (fence is not null)
        {
            batch.BatchCommands.Add(fence.BatchCommand());
        }

        if (missing.Count > 0)
        {
            batch.BatchCommands.Add(PostgresSql.BatchCommand(
                "INSERT INTO streams (name) SELECT name FROM unnest($1::text[]) AS name ON CONFLICT DO NOTHING",
                (object)missing.Order(StringComparer.Ordinal).ToArray()));
        }

        batch.BatchCommands.Add(PostgresSql.BatchCommand(Lock, (object)names));
        if (keyed.Count > 0)
        {
            batch.BatchCommands.Add(PostgresSql.BatchCommand(
                FindKeys,
                keyed.Select(k => k.Stream).ToArray(),
                keyed.Select(k => PostgresSql.Bytes(k.Sender)).ToArray(),
                keyed.Select(k => PostgresSql.Bytes(k.Key!)).ToArray(),
                now - (long)StreamLimits.KeyLife.TotalMilliseconds));
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        if (fence is not null)
        {
            await rows.NextResultAsync(cancellation);
        }

        while (await rows.ReadAsync(cancellation))
        {
            var head = new Head(rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2)) { At = rows.GetInt64(3) };
            _heads.Add(head.Name, head);
            Epoch = PostgresEpoch.Parse(rows.GetString(4));
        }

        if (keyed.Count > 0 && await rows.NextResultAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
            {
                _keys.Add(
                    (rows.GetString(0), Exact(rows.GetFieldValue<byte[]>(1)), Exact(rows.GetFieldValue<byte[]>(2))),
                    new UsedKey(rows.GetInt64(3), rows.GetInt64(4), rows.GetFieldValue<byte[]>(5)));
            }
        }
    }

    /// <summary>Decides what becomes of an append; the next one finds its events there.</summary>
    public void Decide(AppendRequest request)
    {
        try
        {
            request.Decide(Add(request));
        }
        catch (AppendConflictException refusal)
        {
            request.Decide(refusal);
        }
    }

    /// <summary>Stores what was decided; it is durable after the COMMIT that follows.</summary>
    public async Task StoreAsync(CancellationToken cancellation)
    {
        if (Appended.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(PostgresSql.BatchCommand(
            "INSERT INTO events SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], "
                + "$5::bytea[], $6::bytea[])",
            _streamOf.Select(h => h.Id).ToArray(),
            Appended.Select(e => e.Seq).ToArray(),
            Appended.Select(e => e.At.ToUnixTimeMilliseconds()).ToArray(),
            Appended.Select(e => e.Type).ToArray(),
            Appended.Select(e => e.Data.ToArray()).ToArray(),
            Appended.Select(e => e.Key is null ? null : PostgresSql.Bytes(e.Key)).ToArray()));
        if (_newKeys.Count > 0)
        {
            // What is there with the same key has had its day.
            batch.BatchCommands.Add(PostgresSql.BatchCommand(
                "INSERT INTO keys SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], "
                    + "$5::bigint[], $6::bytea[]) ON CONFLICT (stream, sender, key) "
                    + "DO UPDATE SET seq = excluded.seq, at = excluded.at, hash = excluded.hash",
                _newKeys.Select(k => k.Head.Id).ToArray(),
                _newKeys.Select(k => PostgresSql.Bytes(k.Request.Sender)).ToArray(),
                _newKeys.Select(k => PostgresSql.Bytes(k.Event.Key!)).ToArray(),
                _newKeys.Select(k => k.Used.Seq).ToArray(),
                _newKeys.Select(k => k.Used.At).ToArray(),
                _newKeys.Select(k => k.Used.Hash).ToArray()));
        }

        var changed = _heads.Values.Where(h => h.Last > h.LockedLast).ToList();
        batch.BatchCommands.Add(PostgresSql.BatchCommand(
            "UPDATE streams SET last = n.last, at = n.at FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) "
                + "AS n (id, last, at) WHERE streams.id = n.id",
            changed.Select(h => h.Id).ToArray(),
            changed.Select(h => h.Last).ToArray(),
            changed.Select(h => h.At).ToArray()));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private StoredEvent[] Add(AppendRequest request)
    {
        var head = _heads.GetValueOrDefault(request.Stream);
        var last = head?.Last ?? 0;
        if (request.Events[0].Key is not null
            && AppendRules.FindRepeated(request.Stream, last, request.Events, k => Find(request, k)) is { } repeated)
        {
            return repeated;
        }

        AppendRules.CheckExpected(request.Stream, last, request.ExpectedSeq);
        head!.At = Math.Max(now, head.At);
        return [.. request.Events.Select(e => Add(head, request, e))];
    }

    private StoredEvent Add(Head head, AppendRequest request, NewEvent added)
    {
        var stored = new StreamEvent(
            head.Name, ++head.Last, PostgresSql.Instant(head.At), added.Type, added.Data, added.Key);
        Appended.Add(stored);
        _streamOf.Add(head);
        if (added.Key is not null)
        {
            var used = new UsedKey(stored.Seq, head.At, AppendRules.Hash(added));
            _keys[KeyOf(request, added.Key)] = used;
            _newKeys.Add((head, request, added, used));
        }

        return new StoredEvent(stored.Seq, stored.At, IsRepeated: false);
    }

    private UsedKey? Find(AppendRequest request, string key) =>
        _keys.TryGetValue(KeyOf(request, key), out var used) ? used : null;

    private static (string Stream, string Sender, string Key) KeyOf(AppendRequest request, string key) =>
        (request.Stream, Exact(PostgresSql.Bytes(request.Sender)), Exact(PostgresSql.Bytes(key)));

    // As the database compares them: byte by byte.
    private static string Exact(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private sealed class Head(long id, string name, long last)
    {
        public long Id { get; } = id;

        public string Name { get; } = name;

        /// <summary>The newest event when the stream was locked.</summary>
        public long LockedLast { get; } = last;

        public long Last { get; set; } = last;

        /// <summary>The time of the newest event, in milliseconds.</summary>
        public long At { get; set; }
    }
}
