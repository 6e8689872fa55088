using System.Collections.Concurrent;

namespace Rondo.Services.Auth;

/// <summary>
/// Tells what a key has opened, and is still open, that the key counts no more: WebSockets, server-sent events, long
/// polls. By the prefix of a secret, so that what an old secret opened ends with the grace of a rotation.
/// </summary>
/// <threadsafety>Every member from any thread; callbacks run on the thread that ends the key.</threadsafety>
internal sealed class KeyRevocations
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _ends = new();

    /// <summary>The prefixes that somebody has asked about and that have not ended.</summary>
    public IEnumerable<string> Watched => _ends.Where(e => !e.Value.IsCancellationRequested).Select(e => e.Key);

    /// <summary>Cancelled when the secret ends.</summary>
    public CancellationToken TokenOf(StoredSecret secret) =>
        _ends.GetOrAdd(secret.Prefix, static _ => new CancellationTokenSource()).Token;

    /// <summary>The secret counts no more. Again does nothing.</summary>
    public void End(string prefix)
    {
        if (_ends.TryGetValue(prefix, out var end))
        {
            end.Cancel();
        }
    }

    /// <summary>The secret counts again, as after a later expiry was set.</summary>
    public void Revive(string prefix)
    {
        if (_ends.TryGetValue(prefix, out var end) && end.IsCancellationRequested)
        {
            _ends.TryRemove(KeyValuePair.Create(prefix, end));
        }
    }
}
