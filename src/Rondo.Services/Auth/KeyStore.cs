using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>
/// The keys of this installation. Only hashes are kept; they are all in memory, so a check asks no database.
/// </summary>
internal sealed class KeyStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private FrozenDictionary<string, StoredKey> _keys;

    public KeyStore(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        database.Migrate("auth", """
            CREATE TABLE keys (
                prefix TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, created TEXT NOT NULL
            ) WITHOUT ROWID
            """);
        _keys = Load();
    }

    /// <summary>
    /// Makes the first key, with every scope, if there is no key yet. Returns it, to be shown once, or null.
    /// </summary>
    public ApiKey? CreateAdminKeyIfNone()
    {
        if (_keys.Count > 0)
        {
            return null;
        }

        var key = ApiKey.Create();
        _database.Write(session => session.Execute(
            "INSERT INTO keys VALUES ($prefix, $hash, 'admin', '*', $created)",
            ("$prefix", key.Prefix),
            ("$hash", key.Hash),
            ("$created", _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))));
        _keys = Load();
        return key;
    }

    /// <summary>
    /// The stored key that <paramref name="text"/> opens, or null. Takes the same time however wrong the secret is.
    /// </summary>
    public StoredKey? Find(string text) =>
        ApiKey.TryParse(text) is { } key
        && _keys.TryGetValue(key.Prefix, out var stored)
        && CryptographicOperations.FixedTimeEquals(key.Hash, stored.Hash)
            ? stored
            : null;

    /// <summary>The key of a prefix, which somebody has shown before; null when it is no longer one of ours.</summary>
    public StoredKey? Get(string prefix) => _keys.GetValueOrDefault(prefix);

    private FrozenDictionary<string, StoredKey> Load() => _database
        .Read("SELECT prefix, hash, name, scopes FROM keys", row => new StoredKey(
            row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetString(2), row.GetString(3).Split(' ')))
        .ToFrozenDictionary(k => k.Prefix);
}

internal sealed record StoredKey(string Prefix, byte[] Hash, string Name, string[] Scopes)
{
    public bool Allows(string scope) => Scopes.Contains("*") || Scopes.Contains(scope);
}
