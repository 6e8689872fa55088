using System.Collections.Concurrent;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>
/// Tells a service whose request it gets, by a signed token. One is used for half of its life: a signature costs more
/// than the rest of a request.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class IdentityTokens(UpstreamTokens tokens, TimeProvider time)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(string Key, string Service), Minted> _minted = new();

    /// <summary>The value of <c>Authorization</c>.</summary>
    public string Of(StoredKey key, string service)
    {
        if (_minted.TryGetValue((key.Id, service), out var minted)
            && ReferenceEquals(minted.Key, key) && time.GetElapsedTime(minted.At) < UpstreamTokens.Life / 2)
        {
            return minted.Text;
        }

        if (_minted.Count >= Most)
        {
            _minted.Clear();
        }

        minted = new Minted(key, "Bearer " + tokens.Mint(key, service), time.GetTimestamp());
        _minted[(key.Id, service)] = minted;
        return minted.Text;
    }

    private sealed record Minted(StoredKey Key, string Text, long At);
}
