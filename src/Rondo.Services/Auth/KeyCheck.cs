using System.Net;
using System.Security.Cryptography;

namespace Rondo.Services.Auth;

/// <summary>What came of a check. Those without a word look the same outside.</summary>
internal enum KeyOutcome
{
    /// <summary>The key is good.</summary>
    Accepted,

    /// <summary>The key is good, and used too often.</summary>
    TooFast,

    /// <summary>The key is good, and this month's uses are used up.</summary>
    QuotaSpent,

    /// <summary>Too many wrong texts from there or for this prefix.</summary>
    TooManyAttempts,

    /// <summary>Nobody who has the keys answers: whether the key is good is not known.</summary>
    Unavailable,
    Malformed,
    Unknown,
    WrongSecret,
    Expired,
    Revoked,
    WrongAddress,
    WrongOrigin,
}

/// <summary>The answer to a check.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Entry">The key, also of one that counts no more; null when there is none.</param>
/// <param name="RetryAfter">When to try again; zero for no matter.</param>
internal readonly record struct KeyVerdict(KeyOutcome Outcome, KeyEntry? Entry, TimeSpan RetryAfter = default)
{
    public bool IsAccepted => Outcome is KeyOutcome.Accepted;
}

/// <summary>
/// Decides whether a text is a key that counts, here and now. Asks no database and takes no memory: it stands before
/// every guarded request.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyCheck(KeyStore keys, Attempts attempts, DemoKey demo, TimeProvider time)
{
    private static readonly byte[] NoHash = new byte[KeyPepper.HashBytes];

    private readonly long[] _outcomes = new long[Enum.GetValues<KeyOutcome>().Length];

    /// <summary>How often each outcome was the answer.</summary>
    public long Count(KeyOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Checks a text, and counts a use of the key.</summary>
    /// <param name="text">As the request carries it.</param>
    /// <param name="address">Where the request comes from; null for this process.</param>
    /// <param name="origin">Whose page sent it; null for none.</param>
    public KeyVerdict Check(ReadOnlySpan<char> text, IPAddress? address, string? origin)
    {
        var prefix = ApiKey.IsShaped(text) ? ApiKey.PrefixOf(text) : default;
        var verdict = attempts.Wait(address, prefix) is var wait && wait > TimeSpan.Zero
            ? new KeyVerdict(KeyOutcome.TooManyAttempts, null, wait)
            : Admit(Look(text), address, origin);
        switch (verdict.Outcome)
        {
            case KeyOutcome.Accepted:
                attempts.Accepted(address, prefix);
                break;
            case KeyOutcome.TooFast or KeyOutcome.QuotaSpent or KeyOutcome.TooManyAttempts:
                break;
            default:
                attempts.Failed(address, prefix);
                break;
        }

        Interlocked.Increment(ref _outcomes[(int)verdict.Outcome]);
        return verdict;
    }

    /// <summary>The same for who has shown the text with this prefix before: with a session or a ticket.</summary>
    public KeyVerdict CheckAgain(string prefix, IPAddress? address, string? origin)
    {
        var verdict = Admit(Look(EntryOf(prefix)), address, origin);
        Interlocked.Increment(ref _outcomes[(int)verdict.Outcome]);
        return verdict;
    }

    /// <summary>Whether a text is a key that counts, wherever it comes from; counts nothing.</summary>
    public KeyVerdict Look(ReadOnlySpan<char> text)
    {
        if (demo.Entry is { } shared && text.SequenceEqual(DemoKey.Text))
        {
            return new KeyVerdict(KeyOutcome.Accepted, shared);
        }

        if (!ApiKey.IsShaped(text))
        {
            return new KeyVerdict(KeyOutcome.Malformed, null);
        }

        Span<byte> digest = stackalloc byte[KeyPepper.HashBytes];
        KeyPepper.Digest(text, digest);
        var entry = keys.Find(ApiKey.PrefixOf(text));
        if (entry?.Digest is { } known && CryptographicOperations.FixedTimeEquals(digest, known))
        {
            return Look(entry);
        }

        // The same work for every text that is refused: the time tells nothing of what there is.
        Span<byte> hash = stackalloc byte[KeyPepper.HashBytes];
        keys.Pepper.Pepper(digest, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash, entry is null ? NoHash : entry.Secret.Hash))
        {
            return new KeyVerdict(entry is null ? KeyOutcome.Unknown : KeyOutcome.WrongSecret, null);
        }

        entry!.Digest = digest.ToArray();
        return Look(entry);
    }

    /// <summary>Whether the text with a prefix still counts.</summary>
    public bool IsActive(string prefix) => Look(EntryOf(prefix)).IsAccepted;

    private KeyEntry? EntryOf(string prefix) =>
        keys.Find(prefix) ?? (demo.Entry?.Secret.Prefix == prefix ? demo.Entry : null);

    private KeyVerdict Look(KeyEntry? entry)
    {
        var now = time.GetUtcNow();
        return new KeyVerdict(
            entry is null ? KeyOutcome.Unknown
                : entry.Key.Revoked is not null ? KeyOutcome.Revoked
                : entry.Key.IsExpired(now) || entry.Secret.Ends <= now ? KeyOutcome.Expired
                : KeyOutcome.Accepted,
            entry);
    }

    private KeyVerdict Admit(KeyVerdict verdict, IPAddress? address, string? origin)
    {
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        var (entry, settings) = (verdict.Entry!, verdict.Entry!.Key.Settings);
        if (settings.Addresses is { } addresses && (address is null || !addresses.Contains(address)))
        {
            return new KeyVerdict(KeyOutcome.WrongAddress, entry);
        }

        if (origin is not null && settings.Origins is [_, ..] origins && !Contains(origins, origin))
        {
            return new KeyVerdict(KeyOutcome.WrongOrigin, entry);
        }

        if (settings.Rate is { } rate)
        {
            var cell = CellRate.Of(time, rate.Limit, rate.Per);
            if (cell.Take(ref entry.Key.Use.Rate, time.GetTimestamp()) is not 0 and var wait)
            {
                return new KeyVerdict(
                    KeyOutcome.TooFast, entry, TimeSpan.FromSeconds((double)wait / time.TimestampFrequency));
            }
        }

        var now = time.GetUtcNow();
        return entry.Key.Use.Take(now, settings.Quota)
            ? verdict
            : new KeyVerdict(KeyOutcome.QuotaSpent, entry, MonthEnd(now) - now);
    }

    /// <summary>When the quotas begin anew.</summary>
    public static DateTimeOffset MonthEnd(DateTimeOffset now) =>
        new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    private static bool Contains(IReadOnlyList<string> origins, string origin)
    {
        for (var i = 0; i < origins.Count; i++)
        {
            if (string.Equals(origins[i], origin, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
