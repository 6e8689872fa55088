namespace Rondo.Services.Auth;

/// <summary>One key as it is now. Immutable but for its use.</summary>
/// <param name="Id">The prefix of its first secret; stays when the secret changes.</param>
/// <param name="Settings">What was decided about it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Revoked">When it was ended; null while it counts.</param>
/// <param name="Secrets">The newest first; a second one during the grace of a rotation.</param>
/// <param name="Use">How it is used; outlives a change of the settings.</param>
internal sealed record StoredKey(
    string Id,
    KeySettings Settings,
    DateTimeOffset Created,
    DateTimeOffset? Revoked,
    IReadOnlyList<StoredSecret> Secrets,
    KeyUse Use)
{
    public string Name => Settings.Name;

    /// <summary>Whose it is: the owner, or the key itself.</summary>
    public string Subject => Settings.Owner.Length > 0 ? Settings.Owner : Settings.Name;

    public bool Allows(string scope) => Settings.Scopes.Allows(scope);

    public bool IsExpired(DateTimeOffset now) => Settings.Expires <= now;

    public string Status(DateTimeOffset now) => Revoked is not null ? "revoked" : IsExpired(now) ? "expired" : "active";
}

/// <summary>What is kept of one text of a key.</summary>
/// <param name="Prefix">Finds it.</param>
/// <param name="Hash">By <see cref="KeyPepper"/>.</param>
/// <param name="Ending">The last characters of the text; null for keys of old.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Ends">When the grace of a rotation is over; null for the newest.</param>
internal sealed record StoredSecret(
    string Prefix, byte[] Hash, string? Ending, DateTimeOffset Created, DateTimeOffset? Ends);

/// <summary>How a key is used, in memory; written to the store now and then.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyUse
{
    private const int MonthsOfYear = 12;

    private long _rate;
    private long _minute;
    private long _monthAndUses;
    private int _isChanged;

    public KeyUse(DateTimeOffset? lastUsed, int month, long uses)
    {
        _minute = lastUsed is { } at ? at.Ticks / TimeSpan.TicksPerMinute : 0;
        _monthAndUses = Pack(month, uses);
    }

    /// <summary>The minute of the last use; null before the first.</summary>
    public DateTimeOffset? LastUsed => Volatile.Read(ref _minute) is not 0 and var minute
        ? new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero)
        : null;

    public ref long Rate => ref _rate;

    public static int MonthOf(DateTimeOffset now) => (now.Year * MonthsOfYear) + now.Month - 1;

    /// <summary>Uses in the month of <paramref name="now"/>.</summary>
    public long Uses(DateTimeOffset now) =>
        Volatile.Read(ref _monthAndUses) is var packed && MonthIn(packed) == MonthOf(now) ? UsesIn(packed) : 0;

    /// <summary>Counts one use; false when the month's are used up.</summary>
    public bool Take(DateTimeOffset now, long? quota)
    {
        var minute = now.Ticks / TimeSpan.TicksPerMinute;
        if (Volatile.Read(ref _minute) != minute)
        {
            Volatile.Write(ref _minute, minute);
            Volatile.Write(ref _isChanged, 1);
        }

        return quota is not { } most || TakeOf(MonthOf(now), most);
    }

    /// <summary>What is to be written; null when nothing has changed since the last time.</summary>
    public (DateTimeOffset LastUsed, int Month, long Uses)? Changes() =>
        Interlocked.Exchange(ref _isChanged, 0) == 1 && Volatile.Read(ref _monthAndUses) is var packed
            ? (LastUsed!.Value, MonthIn(packed), UsesIn(packed))
            : null;

    private bool TakeOf(int month, long most)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _monthAndUses);
            var uses = MonthIn(seen) == month ? UsesIn(seen) : 0;
            if (uses >= most)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _monthAndUses, Pack(month, uses + 1), seen) == seen)
            {
                Volatile.Write(ref _isChanged, 1);
                return true;
            }
        }
    }

    // 40 bits for the uses: so both change at once.
    private static long Pack(int month, long uses) => ((long)month << 40) | uses;

    private static int MonthIn(long packed) => (int)(packed >> 40);

    private static long UsesIn(long packed) => packed & ((1L << 40) - 1);
}
