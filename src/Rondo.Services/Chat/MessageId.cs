using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Chat;

/// <summary>
/// The global name of a message, a ULID: 48 bits of time, 32 that tell the room, 48 of its number there. It follows
/// from where the message lies, so nothing is stored for it, a repeated send gets the same one, and it leads back.
/// </summary>
internal static class MessageId
{
    private const int Length = 26;
    private const int SeqBits = 48;

    // Crockford's, as the ULID specification has it.
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Of(string room, long seq, DateTimeOffset at) => string.Create(
        Length, Bits(room, seq, at), static (text, bits) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Digits[(int)(bits & 31)];
                bits >>= 5;
            }
        });

    /// <summary>The number that an id of this room stands for; false when it is no id, or another room's.</summary>
    public static bool TryParse(string room, string text, out long seq, out DateTimeOffset at)
    {
        var bits = UInt128.Zero;
        (seq, at) = (0, default);
        if (text.Length != Length || text[0] > '7')
        {
            return false;
        }

        foreach (var digit in text)
        {
            var value = Digits.IndexOf(digit);
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 5) | (uint)value;
        }

        var milliseconds = (long)(bits >> 80);
        if (milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        seq = (long)(bits & ((1UL << SeqBits) - 1));
        at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return bits == Bits(room, seq, at);
    }

    private static UInt128 Bits(string room, long seq, DateTimeOffset at)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(room), hash);
        return ((UInt128)(ulong)at.ToUnixTimeMilliseconds() << 80)
            | ((UInt128)BinaryPrimitives.ReadUInt32BigEndian(hash) << SeqBits)
            | (ulong)seq;
    }
}
