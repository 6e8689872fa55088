using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>
/// Links every event of the audit to the one before: <c>prev</c> is that one's hash, and <c>hash</c>, always the last
/// member, is the SHA-256 of the event's type and of all that stands before it. Who changes, removes or inserts an
/// event must change every later one; the newest hash, noted elsewhere, tells of that too.
/// </summary>
internal static class AuditChain
{
    public const string Stream = "audit";

    /// <summary>What the first event is linked to.</summary>
    public static readonly string Beginning = new('0', HashDigits);

    private const int HashDigits = 64;
    private const string HashMember = ",\"hash\":\"";

    private static readonly int TailLength = HashMember.Length + HashDigits + "\"}".Length;

    /// <summary>The entry as it is stored behind the event with the hash <paramref name="previous"/>.</summary>
    public static (byte[] Data, string Hash) Link(AuditEntry entry, string previous)
    {
        var open = Encoding.UTF8.GetString(entry.Data.AsSpan(0, entry.Data.Length - 1));
        var linked = $"{open}{(open.Length > 1 ? "," : "")}\"prev\":\"{previous}\"";
        var hash = HashOf(entry.Action, Encoding.UTF8.GetBytes(linked));
        return (Encoding.UTF8.GetBytes($"{linked}{HashMember}{hash}\"}}"), hash);
    }

    /// <summary>The hash that an event says it has; null when it says none.</summary>
    public static string? ClaimedHash(StreamEvent stored)
    {
        var data = stored.Data.Span;
        if (data.Length <= TailLength)
        {
            return null;
        }

        var tail = Encoding.UTF8.GetString(data[^TailLength..]);
        return tail.StartsWith(HashMember, StringComparison.Ordinal) && tail.EndsWith("\"}", StringComparison.Ordinal)
            ? tail[HashMember.Length..^2]
            : null;
    }

    /// <summary>
    /// Whether an event is what was written behind the event with the hash <paramref name="previous"/>.
    /// </summary>
    public static bool IsIntact(StreamEvent stored, string previous)
    {
        if (ClaimedHash(stored) is not { } claimed)
        {
            return false;
        }

        var linked = stored.Data.Span[..^TailLength];
        return HashOf(stored.Type, linked) == claimed
            && linked.EndsWith(Encoding.UTF8.GetBytes($"\"prev\":\"{previous}\""));
    }

    private static string HashOf(string type, ReadOnlySpan<byte> linked)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(type + "\n"));
        hash.AppendData(linked);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
