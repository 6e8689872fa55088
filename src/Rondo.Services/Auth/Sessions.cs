using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>One browser that is signed in. Its text is only in its cookie.</summary>
/// <param name="Prefix">The secret that it was signed in with; it ends with that.</param>
/// <param name="Ends">When it ends by itself.</param>
/// <param name="Token">What a page of ours sends along with a change, and no other page knows.</param>
internal sealed record SignedIn(string Prefix, DateTimeOffset Ends, string Token);

/// <summary>Browsers that are signed in; over restarts, too. Only hashes of their texts are kept.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class Sessions
{
    private const int TextBytes = 32;
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, SignedIn> _sessions = new();
    private readonly Database _database;
    private readonly KeyStore _keys;
    private readonly TimeProvider _time;

    public Sessions(Database database, KeyStore keys, TimeProvider time)
    {
        (_database, _keys, _time) = (database, keys, time);
        foreach (var (hash, prefix, ends) in database.Read(
            "SELECT hash, prefix, ends FROM sessions",
            row => (row.GetFieldValue<byte[]>(0), row.GetString(1), KeyTable.Instant(row.GetString(2)))))
        {
            _sessions[Convert.ToHexStringLower(hash)] = new SignedIn(prefix, ends, TokenOf(hash));
        }
    }

    /// <summary>Signs in; null when too many are.</summary>
    public (string Text, SignedIn Session)? Begin(StoredSecret secret, TimeSpan time)
    {
        Sweep();
        if (_sessions.Count >= Most)
        {
            return null;
        }

        var text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TextBytes));
        var (hash, now) = (HashOf(text), _time.GetUtcNow());
        var session = new SignedIn(secret.Prefix, now + time, TokenOf(hash));
        _database.Write(write => write.Execute(
            "INSERT INTO sessions VALUES (@hash, @prefix, @created, @ends)",
            ("@hash", hash), ("@prefix", secret.Prefix),
            ("@created", KeyTable.Text(now)), ("@ends", KeyTable.Text(session.Ends))));
        _sessions[Convert.ToHexStringLower(hash)] = session;
        return (text, session);
    }

    /// <summary>Who a cookie's text has signed in; null for nobody.</summary>
    public SignedIn? Find(string text) =>
        text.Length == TextBytes * 2
        && _sessions.TryGetValue(Convert.ToHexStringLower(HashOf(text)), out var session)
        && session.Ends > _time.GetUtcNow()
            ? session
            : null;

    public void End(string text)
    {
        var hash = HashOf(text);
        var name = Convert.ToHexStringLower(hash);
        if (_sessions.ContainsKey(name))
        {
            // First here: what cannot be ended goes on, and a restart does not bring back what has ended.
            _database.Write(write => write.Execute("DELETE FROM sessions WHERE hash = @hash", ("@hash", hash)));
            _sessions.TryRemove(name, out _);
        }
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        var over = _sessions.Where(s => s.Value.Ends <= now || _keys.Find(s.Value.Prefix) is null).ToList();
        if (over.Count > 0)
        {
            _database.Write(write =>
            {
                over.ForEach(s => write.Execute(
                    "DELETE FROM sessions WHERE hash = @hash", ("@hash", Convert.FromHexString(s.Key))));
                return over.Count;
            });
            over.ForEach(s => _sessions.TryRemove(s.Key, out _));
        }
    }

    private string TokenOf(byte[] hash) => _keys.Pepper.Sign("csrf", Convert.ToHexStringLower(hash));

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes("session " + text));
}
