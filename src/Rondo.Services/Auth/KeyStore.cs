using System.Collections.Frozen;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>A text that a key opens with, and the key.</summary>
internal sealed record KeyEntry(StoredSecret Secret, StoredKey Key)
{
    private byte[]? _digest;
    private KeyAnswer? _plainAnswer;
    private AcceptedKey? _accepted;

    /// <summary>
    /// The digest of the text, once it has been accepted: from then on a check needs no pepper. Never stored.
    /// </summary>
    public byte[]? Digest
    {
        get => Volatile.Read(ref _digest);
        set => Volatile.Write(ref _digest, value);
    }

    /// <summary>What is said of it when it is accepted and nothing limits it: the same each time.</summary>
    public KeyAnswer PlainAnswer => _plainAnswer ??= new KeyAnswer(new KeyVerdict(KeyOutcome.Accepted, this));

    /// <summary>What a request has been let in with that has shown the text itself.</summary>
    public AcceptedKey Accepted => _accepted ??= new AcceptedKey(this);
}

/// <summary>
/// The keys of this installation. Only hashes are kept; they are all in memory, so a check asks no database. What
/// another process changes in the database counts within half a second.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyStore : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Database _database;
    private readonly KeyPepper _pepper;
    private readonly KeyTable _table;
    private readonly AuditOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly ITimer _look;
    private Snapshot _keys = Snapshot.Empty;
    private long _version;
    private DateTimeOffset _saved;

    public KeyStore(Database database, KeyPepper pepper, AuditOutbox outbox, TimeProvider time)
    {
        (_database, _pepper, _outbox, _time) = (database, pepper, outbox, time);
        _table = new KeyTable(database, pepper);
        _saved = time.GetUtcNow();
        Load();

        // Real time, whatever the clock says: other processes do not follow it.
        _look = TimeProvider.System.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>What has ended, for those whom it concerns.</summary>
    public KeyRevocations Revocations { get; } = new();

    /// <summary>All keys, oldest first.</summary>
    public IReadOnlyList<StoredKey> All => Volatile.Read(ref _keys).All;

    public KeyPepper Pepper => _pepper;

    /// <summary>The key with an id, in whatever state; null when there is none.</summary>
    public StoredKey? Get(string id) => All.FirstOrDefault(k => k.Id == id);

    /// <summary>What a prefix stands for; null when there is no such key. Takes no memory.</summary>
    public KeyEntry? Find(ReadOnlySpan<char> prefix) =>
        Volatile.Read(ref _keys).Lookup.TryGetValue(prefix, out var entry) ? entry : null;

    /// <summary>
    /// Makes the first key, with every scope, if there is no key yet. Returns it, to be shown once, or null.
    /// </summary>
    public ApiKey? CreateAdminKeyIfNone() => All.Count > 0
        ? null
        : Add(new KeySettings("admin", "", ScopeSet.All), AuditActor.Start).Text;

    /// <summary>Makes a key. Its text is to be shown once.</summary>
    public (ApiKey Text, StoredKey Key) Add(KeySettings settings, AuditActor by)
    {
        var text = ApiKey.Create();
        var secret = SecretOf(text);
        var key = new StoredKey(secret.Prefix, settings, secret.Created, null, [secret], new KeyUse(null, 0, 0));
        Write("auth.key.create", by, key.Id, session =>
        {
            KeyTable.Insert(session, key);
            KeyTable.InsertSecret(session, key.Id, secret);
        });
        return (text, Get(key.Id)!);
    }

    public void Change(StoredKey key, KeySettings settings, AuditActor by) =>
        Write("auth.key.change", by, key.Id, session => KeyTable.Update(session, key.Id, settings));

    /// <summary>Gives a key another text; those of before count until the grace is over.</summary>
    public ApiKey Rotate(StoredKey key, TimeSpan grace, AuditActor by)
    {
        var text = ApiKey.Create();
        var secret = SecretOf(text);
        Write("auth.key.rotate", by, key.Id, session =>
        {
            KeyTable.InsertSecret(session, key.Id, secret);
            KeyTable.EndSecrets(session, key.Id, secret.Prefix, secret.Created + grace);
        });
        return text;
    }

    /// <summary>Ends a key at once. It stays in the list.</summary>
    public void Revoke(StoredKey key, AuditActor by) =>
        Write("auth.key.revoke", by, key.Id, session => KeyTable.Revoke(session, key.Id, _time.GetUtcNow()));

    /// <summary>Ends a key and takes it away.</summary>
    public void Delete(StoredKey key, AuditActor by) =>
        Write("auth.key.delete", by, key.Id, session => KeyTable.Delete(session, key.Id));

    /// <summary>Writes when keys were last used, and how often in this month.</summary>
    public void SaveUses()
    {
        var changed = All.Select(k => (k.Id, Use: k.Use.Changes())).Where(c => c.Use is not null).ToList();
        if (changed.Count > 0)
        {
            _database.Write(session =>
            {
                foreach (var (id, use) in changed)
                {
                    KeyTable.SaveUse(session, id, use!.Value.LastUsed, use.Value.Month, use.Value.Uses);
                }

                return changed.Count;
            });
        }
    }

    public void Dispose()
    {
        _look.Dispose();
        try
        {
            SaveUses();
        }
        catch (DatabaseException)
        {
            // The database is gone or full: when a key was last used is no reason to fail.
        }
    }

    private StoredSecret SecretOf(ApiKey text)
    {
        var hash = new byte[KeyPepper.HashBytes];
        _pepper.Hash(text.Text, hash);
        return new StoredSecret(text.Prefix, hash, text.Ending, _time.GetUtcNow(), null);
    }

    // A change and what the audit says of it are stored together, or neither is.
    private void Write(string action, AuditActor by, string id, Action<Database.Session> change)
    {
        using (_gate.EnterScope())
        {
            _database.Write(session =>
            {
                change(session);
                AuditOutbox.Add(session, AuditEntry.Of(action, by, id, _time.GetUtcNow()));
                return true;
            });
            Load();
        }

        _outbox.Wake();
    }

    private void Look()
    {
        try
        {
            // A change that waits for the database will look by itself.
            if (!_gate.TryEnter())
            {
                return;
            }

            try
            {
                if (_table.Version() != _version)
                {
                    Load();
                    _outbox.Wake();
                }
                else
                {
                    EndWhatIsOver();
                }
            }
            finally
            {
                _gate.Exit();
            }

            if (_time.GetUtcNow() - _saved >= SaveEvery)
            {
                _saved = _time.GetUtcNow();
                SaveUses();
            }
        }
        catch (Exception error) when (error is DatabaseException or StartException)
        {
            // Locked, damaged or not there: what is in memory counts on, and the next look may succeed.
        }
    }

    private void Load()
    {
        var before = Volatile.Read(ref _keys);
        _version = _table.Version();
        var now = new Snapshot(_table.Load(id => before.ById.GetValueOrDefault(id)?.Use));
        Volatile.Write(ref _keys, now);
        foreach (var prefix in before.Entries.Keys.Where(p => !now.Entries.ContainsKey(p)))
        {
            Revocations.End(prefix);
        }

        EndWhatIsOver();
    }

    private void EndWhatIsOver()
    {
        var now = _time.GetUtcNow();
        foreach (var (prefix, entry) in Volatile.Read(ref _keys).Entries)
        {
            if (entry.Key.Revoked is not null || entry.Key.IsExpired(now) || entry.Secret.Ends <= now)
            {
                Revocations.End(prefix);
            }
            else
            {
                Revocations.Revive(prefix);
            }
        }
    }

    private sealed class Snapshot
    {
        public static readonly Snapshot Empty = new([]);

        public Snapshot(List<StoredKey> keys)
        {
            All = keys;
            ById = keys.ToFrozenDictionary(k => k.Id);
            Entries = keys.SelectMany(k => k.Secrets.Select(s => new KeyEntry(s, k)))
                .ToFrozenDictionary(e => e.Secret.Prefix, StringComparer.Ordinal);
            Lookup = Entries.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public IReadOnlyList<StoredKey> All { get; }

        public FrozenDictionary<string, StoredKey> ById { get; }

        public FrozenDictionary<string, KeyEntry> Entries { get; }

        public FrozenDictionary<string, KeyEntry>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
