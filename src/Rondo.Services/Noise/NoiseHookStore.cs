using System.Security.Cryptography;
using Rondo.Services.Hosting;

namespace Rondo.Services.Noise;

/// <summary>Who is called when a room becomes too loud, or quiet again.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Url">Where to.</param>
/// <param name="Secret">Signs what is sent. It must be kept as it is: both sides compute with it.</param>
/// <param name="Cursor">Behind what has been delivered.</param>
internal sealed record NoiseHook(string Name, string Url, string Secret, string Cursor);

/// <summary>
/// The webhooks of alarms. Calls are synchronous, and made by administrators and, to move a cursor, by the sender: not
/// on a loop.
/// </summary>
internal sealed class NoiseHookStore
{
    public const int Most = 100;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 43;

    private readonly Database _database;

    public NoiseHookStore(Database database)
    {
        _database = database;
        Prepare(database);
        Reload();
    }

    /// <summary>Makes the tables of this room. Again does nothing.</summary>
    public static void Prepare(Database database) => database.Migrate("noise", """
        CREATE TABLE noise_webhooks (
            name TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, cursor TEXT NOT NULL
        ) WITHOUT ROWID
        """);

    /// <summary>Raised after a webhook was made, changed or taken away; on the caller's thread.</summary>
    public event Action? Changed;

    /// <summary>By name.</summary>
    public IReadOnlyList<NoiseHook> All { get; private set; } = [];

    /// <summary>Makes a webhook, or gives it another address and secret; returns that, to be shown once.</summary>
    public string Put(string name, string url, string cursor)
    {
        var secret = RandomNumberGenerator.GetString(Alphabet, SecretLength);
        Write(
            "INSERT INTO noise_webhooks VALUES (@name, @url, @secret, @cursor) "
                + "ON CONFLICT (name) DO UPDATE SET url = excluded.url, secret = excluded.secret, cursor = excluded.cursor",
            ("@name", name), ("@url", url), ("@secret", secret), ("@cursor", cursor));
        Changed?.Invoke();
        return secret;
    }

    public void Move(NoiseHook hook, string cursor) => Write(
        "UPDATE noise_webhooks SET cursor = @cursor WHERE name = @name AND secret = @secret",
        ("@cursor", cursor), ("@name", hook.Name), ("@secret", hook.Secret));

    public bool Remove(string name)
    {
        var removed = Write("DELETE FROM noise_webhooks WHERE name = @name", ("@name", name));
        Changed?.Invoke();
        return removed > 0;
    }

    private int Write(string sql, params (string Name, object? Value)[] values)
    {
        var count = _database.Write(session => session.Execute(sql, values));
        Reload();
        return count;
    }

    private void Reload() => All = _database.Read(
        "SELECT name, url, secret, cursor FROM noise_webhooks ORDER BY name",
        row => new NoiseHook(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)));
}
