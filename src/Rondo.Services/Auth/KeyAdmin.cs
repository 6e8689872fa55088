namespace Rondo.Services.Auth;

/// <summary>Why a change of keys was not made.</summary>
internal enum KeyFault
{
    None,
    NotFound,

    /// <summary>The one who asks may not do all that the key may.</summary>
    WeakParent,

    /// <summary>Nobody could administer keys any more.</summary>
    LastAdmin,

    /// <summary>The key counts no more.</summary>
    Ended,

    /// <summary>The text of before still counts.</summary>
    StillRotating,
}

/// <summary>
/// Changes of keys, with the rules: nobody makes, changes or ends a key that may do more than their own, and one key
/// that administers always stays.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyAdmin(KeyStore keys, TimeProvider time)
{
    public const string Scope = "auth:admin";

    private readonly Lock _gate = new();

    /// <param name="settings">What the new key is to be.</param>
    /// <param name="parent">The key that asks; null for who owns the data folder.</param>
    /// <param name="by">The same for the audit.</param>
    public (KeyFault Fault, ApiKey? Text, StoredKey? Key) Create(KeySettings settings, StoredKey? parent, AuditActor by)
    {
        using var scope = _gate.EnterScope();
        if (parent is not null && !parent.Settings.Covers(settings))
        {
            return (KeyFault.WeakParent, null, null);
        }

        var (text, key) = keys.Add(settings, by);
        return (KeyFault.None, text, key);
    }

    public (KeyFault Fault, StoredKey? Key) Change(
        string id, Func<KeySettings, KeySettings> change, StoredKey? parent, AuditActor by)
    {
        using var scope = _gate.EnterScope();
        var fault = Find(id, parent, out var key);
        if (fault is not KeyFault.None)
        {
            return (fault, null);
        }

        var settings = change(key!.Settings);
        fault = parent is not null && !parent.Settings.Covers(settings) ? KeyFault.WeakParent
            : IsAdmin(key) && !IsAdmin(key with { Settings = settings }) && IsLastAdmin(key) ? KeyFault.LastAdmin
            : KeyFault.None;
        if (fault is KeyFault.None)
        {
            keys.Change(key, settings, by);
        }

        return (fault, keys.Get(id));
    }

    public (KeyFault Fault, ApiKey? Text, StoredKey? Key) Rotate(
        string id, TimeSpan grace, StoredKey? parent, AuditActor by)
    {
        using var scope = _gate.EnterScope();
        var now = time.GetUtcNow();
        var fault = Find(id, parent, out var key);
        fault = fault is not KeyFault.None ? fault
            : key!.Status(now) != "active" ? KeyFault.Ended
            : grace > TimeSpan.Zero && key.Secrets.Any(s => s.Ends > now) ? KeyFault.StillRotating
            : KeyFault.None;
        return fault is KeyFault.None
            ? (fault, keys.Rotate(key!, grace, by), keys.Get(id))
            : (fault, null, null);
    }

    public KeyFault Revoke(string id, StoredKey? parent, AuditActor by) => End(id, parent, key => keys.Revoke(key, by));

    public KeyFault Delete(string id, StoredKey? parent, AuditActor by) => End(id, parent, key => keys.Delete(key, by));

    /// <summary>A new admin key in the place of all that are named so.</summary>
    public (ApiKey Text, StoredKey Key) ResetAdmin(AuditActor by)
    {
        using var scope = _gate.EnterScope();
        var before = keys.All.Where(k => k is { Name: "admin", Revoked: null } && IsAdmin(k)).ToList();
        var made = keys.Add(new KeySettings("admin", "", ScopeSet.All), by);
        before.ForEach(k => keys.Revoke(k, by));
        return made;
    }

    private KeyFault End(string id, StoredKey? parent, Action<StoredKey> end)
    {
        using var scope = _gate.EnterScope();
        var fault = Find(id, parent, out var key);
        fault = fault is KeyFault.None && IsLastAdmin(key!) ? KeyFault.LastAdmin : fault;
        if (fault is KeyFault.None)
        {
            end(key!);
        }

        return fault;
    }

    private KeyFault Find(string id, StoredKey? parent, out StoredKey? key)
    {
        key = keys.Get(id);
        return key is null ? KeyFault.NotFound
            : parent is not null && parent.Id != key.Id && !parent.Settings.Covers(key.Settings) ? KeyFault.WeakParent
            : KeyFault.None;
    }

    private bool IsAdmin(StoredKey key) => key.Allows(Scope) && key.Status(time.GetUtcNow()) == "active";

    private bool IsLastAdmin(StoredKey key) => IsAdmin(key) && keys.All.All(k => k.Id == key.Id || !IsAdmin(k));
}
