using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Chat;

/// <summary>By which a program posts into a room; of its token only a hash is kept.</summary>
internal sealed record IncomingHook(string Room, string Name);

/// <summary>Who is called when something happens in a room.</summary>
/// <param name="Room">The room.</param>
/// <param name="Name">Unique in it.</param>
/// <param name="Url">Where to.</param>
/// <param name="Secret">Signs what is sent. It must be kept as it is: both sides compute with it.</param>
/// <param name="Cursor">Behind what has been delivered.</param>
internal sealed record OutgoingHook(string Room, string Name, string Url, string Secret, string Cursor);

/// <summary>
/// The hooks of all rooms. Calls are synchronous, and made by administrators and, to move a cursor, by the sender: not
/// on a loop.
/// </summary>
internal sealed class HookStore
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 43;

    private readonly Database _database;

    public HookStore(Database database)
    {
        _database = database;
        Prepare(database);
        Reload();
    }

    /// <summary>Makes the tables of this room. Again does nothing.</summary>
    public static void Prepare(Database database) => database.Migrate("chat", """
        CREATE TABLE chat_hooks (
            room TEXT NOT NULL, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, PRIMARY KEY (room, name)
        ) WITHOUT ROWID;
        CREATE TABLE chat_webhooks (
            room TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL, cursor TEXT NOT NULL,
            PRIMARY KEY (room, name)
        ) WITHOUT ROWID
        """);

    /// <summary>Raised after a webhook was made, changed or taken away; on the caller's thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<OutgoingHook> Outgoing { get; private set; } = [];

    public IReadOnlyDictionary<string, IncomingHook> Incoming { get; private set; } =
        new Dictionary<string, IncomingHook>();

    /// <summary>The hook that a token opens, or null.</summary>
    public IncomingHook? Find(string token) => Incoming.GetValueOrDefault(HashOf(token));

    /// <summary>Makes a hook, or gives it another token; returns it, to be shown once.</summary>
    public string PutIncoming(string room, string name)
    {
        var token = RandomNumberGenerator.GetString(Alphabet, SecretLength);
        Write(
            "INSERT INTO chat_hooks VALUES (@room, @name, @hash) "
                + "ON CONFLICT (room, name) DO UPDATE SET hash = excluded.hash",
            ("@room", room), ("@name", name), ("@hash", Convert.FromHexString(HashOf(token))));
        return token;
    }

    /// <summary>Makes a webhook, or gives it another address and secret; returns that, to be shown once.</summary>
    public string PutOutgoing(string room, string name, string url, string cursor)
    {
        var secret = RandomNumberGenerator.GetString(Alphabet, SecretLength);
        Write(
            "INSERT INTO chat_webhooks VALUES (@room, @name, @url, @secret, @cursor) ON CONFLICT (room, name) "
                + "DO UPDATE SET url = excluded.url, secret = excluded.secret, cursor = excluded.cursor",
            ("@room", room), ("@name", name), ("@url", url), ("@secret", secret), ("@cursor", cursor));
        Changed?.Invoke();
        return secret;
    }

    public void Move(OutgoingHook hook, string cursor) => Write(
        "UPDATE chat_webhooks SET cursor = @cursor WHERE room = @room AND name = @name AND secret = @secret",
        ("@cursor", cursor), ("@room", hook.Room), ("@name", hook.Name), ("@secret", hook.Secret));

    public bool RemoveIncoming(string room, string name) =>
        Write("DELETE FROM chat_hooks WHERE room = @room AND name = @name", ("@room", room), ("@name", name)) > 0;

    public bool RemoveOutgoing(string room, string name)
    {
        var removed = Write(
            "DELETE FROM chat_webhooks WHERE room = @room AND name = @name", ("@room", room), ("@name", name));
        Changed?.Invoke();
        return removed > 0;
    }

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private int Write(string sql, params (string Name, object? Value)[] values)
    {
        var count = _database.Write(session => session.Execute(sql, values));
        Reload();
        return count;
    }

    private void Reload()
    {
        Incoming = _database
            .Read("SELECT room, name, hash FROM chat_hooks", row => (
                Hash: Convert.ToHexString(row.GetFieldValue<byte[]>(2)),
                Hook: new IncomingHook(row.GetString(0), row.GetString(1))))
            .ToDictionary(h => h.Hash, h => h.Hook);
        Outgoing = _database.Read(
            "SELECT room, name, url, secret, cursor FROM chat_webhooks ORDER BY room, name",
            row => new OutgoingHook(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)));
    }
}
