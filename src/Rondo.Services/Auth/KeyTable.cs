using System.Data.Common;
using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>The keys as rows of the database.</summary>
internal sealed class KeyTable
{
    private const string First = """
        CREATE TABLE keys (
            prefix TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, created TEXT NOT NULL
        ) WITHOUT ROWID
        """;

    // A key's first prefix becomes its id.
    private const string SecretsOfTheirOwn = """
        ALTER TABLE keys RENAME TO plain_keys;
        CREATE TABLE keys (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, scopes TEXT NOT NULL, created TEXT NOT NULL,
            expires TEXT, addresses TEXT, origins TEXT, rate_limit INTEGER, rate_seconds REAL, quota INTEGER,
            revoked TEXT, last_used TEXT, month INTEGER NOT NULL DEFAULT 0, uses INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE TABLE secrets (
            prefix TEXT PRIMARY KEY, key_id TEXT NOT NULL, hash BLOB NOT NULL, is_peppered INTEGER NOT NULL,
            ending TEXT, created TEXT NOT NULL, ends TEXT
        ) WITHOUT ROWID;
        INSERT INTO keys (id, name, owner, scopes, created) SELECT prefix, name, '', scopes, created FROM plain_keys;
        INSERT INTO secrets SELECT prefix, prefix, hash, 0, NULL, created, NULL FROM plain_keys;
        DROP TABLE plain_keys;
        CREATE TABLE audit_outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL, action TEXT NOT NULL, data BLOB NOT NULL
        );
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY, prefix TEXT NOT NULL, created TEXT NOT NULL, ends TEXT NOT NULL
        ) WITHOUT ROWID;
        """;

    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";

    private readonly Database _database;
    private readonly KeyPepper _pepper;

    public KeyTable(Database database, KeyPepper pepper)
    {
        (_database, _pepper) = (database, pepper);
        Prepare(database);
    }

    /// <summary>Makes the tables of this room, those of the audit, too. Again does nothing.</summary>
    public static void Prepare(Database database) => database.Migrate("auth", First, SecretsOfTheirOwn);

    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    public static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>Changes when another process has written to the database.</summary>
    public long Version() => _database.Version();

    /// <summary>All keys; those that were known keep how they are used.</summary>
    public List<StoredKey> Load(Func<string, KeyUse?> known)
    {
        PepperPlainHashes();
        var secrets = _database
            .Read("SELECT key_id, prefix, hash, ending, created, ends FROM secrets", row => (
                Key: row.GetString(0),
                Secret: new StoredSecret(
                    row.GetString(1), row.GetFieldValue<byte[]>(2), TextAt(row, 3), Instant(row.GetString(4)),
                    InstantAt(row, 5))))
            .ToLookup(r => r.Key, r => r.Secret);
        return _database.Read(
            """
            SELECT id, name, owner, scopes, created, expires, addresses, origins, rate_limit, rate_seconds, quota,
                revoked, last_used, month, uses FROM keys ORDER BY created, id
            """,
            row => new StoredKey(
                row.GetString(0),
                new KeySettings(
                    row.GetString(1),
                    row.GetString(2),
                    ScopeSet.Stored(row.GetString(3).Split(' ')),
                    InstantAt(row, 5),
                    TextAt(row, 6) is { } addresses ? AddressList.Parse(addresses.Split(' ')).List : null,
                    TextAt(row, 7)?.Split(' '),
                    row.IsDBNull(8) ? null : new KeyRate(row.GetInt32(8), TimeSpan.FromSeconds(row.GetDouble(9))),
                    row.IsDBNull(10) ? null : row.GetInt64(10)),
                Instant(row.GetString(4)),
                InstantAt(row, 11),
                [.. secrets[row.GetString(0)].OrderBy(s => s.Ends is not null).ThenByDescending(s => s.Created)],
                known(row.GetString(0)) ?? new KeyUse(InstantAt(row, 12), row.GetInt32(13), row.GetInt64(14))));
    }

    public static void Insert(Database.Session session, StoredKey key)
    {
        session.Execute(
            "INSERT INTO keys (id, name, owner, scopes, created) VALUES (@id, '', '', '', @created)",
            ("@id", key.Id), ("@created", Text(key.Created)));
        Update(session, key.Id, key.Settings);
    }

    public static void Update(Database.Session session, string id, KeySettings settings) => session.Execute(
        """
        UPDATE keys SET name = @name, owner = @owner, scopes = @scopes, expires = @expires, addresses = @addresses,
            origins = @origins, rate_limit = @limit, rate_seconds = @seconds, quota = @quota WHERE id = @id
        """,
        ("@id", id),
        ("@name", settings.Name),
        ("@owner", settings.Owner),
        ("@scopes", string.Join(' ', settings.Scopes.Texts)),
        ("@expires", settings.Expires is { } expires ? Text(expires) : null),
        ("@addresses", settings.Addresses is { } addresses ? string.Join(' ', addresses.Texts) : null),
        ("@origins", settings.Origins is [_, ..] ? string.Join(' ', settings.Origins) : null),
        ("@limit", settings.Rate?.Limit),
        ("@seconds", settings.Rate?.Per.TotalSeconds),
        ("@quota", settings.Quota));

    public static void InsertSecret(Database.Session session, string id, StoredSecret secret) => session.Execute(
        "INSERT INTO secrets VALUES (@prefix, @id, @hash, 1, @ending, @created, NULL)",
        ("@prefix", secret.Prefix), ("@id", id), ("@hash", secret.Hash), ("@ending", secret.Ending),
        ("@created", Text(secret.Created)));

    /// <summary>Ends the key's older secrets, or takes away those that have ended.</summary>
    public static void EndSecrets(Database.Session session, string id, string newest, DateTimeOffset ends)
    {
        session.Execute(
            "UPDATE secrets SET ends = @ends "
                + "WHERE key_id = @id AND prefix <> @newest AND (ends IS NULL OR ends > @ends)",
            ("@id", id), ("@newest", newest), ("@ends", Text(ends)));
        session.Execute(
            "DELETE FROM secrets WHERE key_id = @id AND ends < @before",
            ("@id", id), ("@before", Text(ends - TimeSpan.FromDays(90))));
    }

    public static void Revoke(Database.Session session, string id, DateTimeOffset now) => session.Execute(
        "UPDATE keys SET revoked = @now WHERE id = @id AND revoked IS NULL", ("@id", id), ("@now", Text(now)));

    public static void Delete(Database.Session session, string id)
    {
        session.Execute("DELETE FROM secrets WHERE key_id = @id", ("@id", id));
        session.Execute("DELETE FROM keys WHERE id = @id", ("@id", id));
    }

    public static void SaveUse(Database.Session session, string id, DateTimeOffset lastUsed, int month, long uses) =>
        session.Execute(
            "UPDATE keys SET last_used = @used, month = @month, uses = @uses WHERE id = @id",
            ("@id", id), ("@used", Text(lastUsed)), ("@month", month), ("@uses", uses));

    // Databases of old hold hashes without the pepper.
    private void PepperPlainHashes()
    {
        var plain = _database.Read(
            "SELECT prefix, hash FROM secrets WHERE is_peppered = 0",
            row => (Prefix: row.GetString(0), Hash: row.GetFieldValue<byte[]>(1)));
        if (plain.Count == 0)
        {
            return;
        }

        _database.Write(session =>
        {
            foreach (var (prefix, hash) in plain)
            {
                var peppered = new byte[KeyPepper.HashBytes];
                _pepper.Pepper(hash, peppered);
                session.Execute(
                    "UPDATE secrets SET hash = @hash, is_peppered = 1 WHERE prefix = @prefix",
                    ("@hash", peppered), ("@prefix", prefix));
            }

            return plain.Count;
        });
    }

    private static string? TextAt(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? InstantAt(DbDataReader row, int column) =>
        TextAt(row, column) is { } text ? Instant(text) : null;
}
