using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Streams;

/// <summary>An earlier use of an idempotence key that still counts.</summary>
/// <param name="Seq">The event that was stored with it.</param>
/// <param name="At">The time of that event, in milliseconds.</param>
/// <param name="Hash">What the key was used for; empty once that was erased.</param>
internal readonly record struct UsedKey(long Seq, long At, byte[] Hash);

/// <summary>When an append is a repetition, and when it contradicts what is stored: the same in every store.</summary>
internal static class AppendRules
{
    private const int HashBytes = 16;

    /// <summary>The first result of an append that is repeated; null for one that is new.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="last">The number of its newest event.</param>
    /// <param name="events">Each with a key.</param>
    /// <param name="find">The use of a key in that stream by the sender of the append.</param>
    /// <exception cref="AppendConflictException">A key was used otherwise.</exception>
    public static StoredEvent[]? FindRepeated(
        string stream, long last, IReadOnlyList<NewEvent> events, Func<string, UsedKey?> find)
    {
        var repeated = new List<StoredEvent>();
        foreach (var added in events)
        {
            if (find(added.Key!) is { } used)
            {
                // What was erased has no hash any more: its key still counts.
                if (used.Hash.Length > 0 && !used.Hash.AsSpan().SequenceEqual(Hash(added)))
                {
                    throw Reused(last, $"The key '{added.Key}' was used for other data, event {used.Seq} of '{stream}'.");
                }

                repeated.Add(new StoredEvent(
                    used.Seq, DateTimeOffset.FromUnixTimeMilliseconds(used.At), IsRepeated: true));
            }
        }

        return repeated.Count == 0 ? null
            : repeated.Count == events.Count ? [.. repeated]
            : throw Reused(
                last, $"Some of the keys were used in '{stream}' already and some not: repeat an append as it was.");
    }

    /// <exception cref="AppendConflictException">The stream ends elsewhere than the append says.</exception>
    public static void CheckExpected(string stream, long last, long? expectedSeq)
    {
        if (expectedSeq is { } expected && expected != last)
        {
            throw new AppendConflictException(
                AppendConflict.ExpectedSeq, last, $"The stream '{stream}' ends with {last}, not with {expected}.");
        }
    }

    /// <summary>Tells whether a key is used for the same again.</summary>
    public static byte[] Hash(NewEvent hashed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(hashed.Type));
        hash.AppendData([0]);
        hash.AppendData(hashed.Data.Span);
        return hash.GetHashAndReset()[..HashBytes];
    }

    private static AppendConflictException Reused(long last, string message) =>
        new(AppendConflict.KeyReused, last, message);
}
