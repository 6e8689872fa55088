using System.Buffers.Binary;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>
/// Frames of WebSockets (RFC 6455), right and wrong ones, in the order of sending. A proper close follows each.
/// </summary>
internal static class WebSocketCases
{
    private const int Continuation = 0;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Ping = 9;
    private const int Pong = 10;

    private const int Final = 0x80;
    private const int Masked = 0x80;

    private static readonly byte[] s_mask = [1, 2, 3, 4];
    private static readonly byte[] s_noText = [0xc0, 0x80];
    private static readonly byte[] s_halfCharacter = [0xe2, 0x82];

    /// <summary>The end that follows: 1000, masked.</summary>
    public static byte[] Last { get; } = Closing(1000);

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new[]
    {
        Messages(), Heads(), Fragments(), Controls(), Texts(), Closes(),
    }.SelectMany(c => c).ToDictionary(c => c.Name, c => c.Bytes);

    private static IEnumerable<(string Name, byte[] Bytes)> Messages() =>
    [
        ("text", Frame(Final | Text, "hello"u8)),
        ("empty text", Frame(Final | Text, [])),
        ("binary of 125", Frame(Final | Binary, new byte[125])),
        ("binary of 126", Frame(Final | Binary, new byte[126])),
        ("binary of 65,535", Frame(Final | Binary, new byte[65_535])),
        ("binary of 65,536", Frame(Final | Binary, new byte[65_536])),
        ("hundred at once", [.. Enumerable.Repeat(Frame(Final | Text, "hello"u8), 100).SelectMany(f => f)]),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Heads() =>
    [
        ("unmasked", [Final | Text, 2, (byte)'h', (byte)'i']),
        ("unmasked and empty", [Final | Text, 0]),
        ("unmasked ping", [Final | Ping, 0]),
        ("reserved bit 1", Frame(Final | 0x40 | Text, "hi"u8)),
        ("reserved bit 2", Frame(Final | 0x20 | Text, "hi"u8)),
        ("reserved bit 3", Frame(Final | 0x10 | Text, "hi"u8)),
        ("reserved bit on a ping", Frame(Final | 0x40 | Ping, "hi"u8)),
        .. ((int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15]).Select(
            code => ($"reserved code {code}", Frame(Final | code, "hi"u8))),
        ("short length in two bytes", [Final | Text, Masked | 126, 0, 2, .. s_mask, (byte)'h' ^ 1, (byte)'i' ^ 2]),
        ("short length in eight bytes", [Final | Text, Masked | 127, .. Long(1), .. s_mask, (byte)'h' ^ 1]),
        ("negative length", [Final | Binary, Masked | 127, .. Long(-1), .. s_mask]),
        ("least negative length", [Final | Binary, Masked | 127, .. Long(long.MinValue), .. s_mask]),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Fragments() =>
    [
        ("text in three", [.. Frame(Text, "he"u8), .. Frame(Continuation, "ll"u8), .. Frame(Final, "o"u8)]),
        ("text in empty fragments", [.. Frame(Text, []), .. Frame(Continuation, []), .. Frame(Final, [])]),
        ("ping between fragments", [.. Frame(Text, "he"u8), .. Frame(Final | Ping, "x"u8), .. Frame(Final, "llo"u8)]),
        ("close between fragments", [.. Frame(Text, "he"u8), .. Closing(1000), .. Frame(Final, "llo"u8)]),
        ("continuation of nothing", Frame(Final, "hi"u8)),
        ("continuation of nothing, not the last", Frame(Continuation, "hi"u8)),
        ("text within text", [.. Frame(Text, "he"u8), .. Frame(Final | Text, "llo"u8)]),
        ("binary within text", [.. Frame(Text, "he"u8), .. Frame(Binary, "llo"u8)]),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Controls() =>
    [
        ("ping", Frame(Final | Ping, "hi"u8)),
        ("empty ping", Frame(Final | Ping, [])),
        ("ping of 125", Frame(Final | Ping, new byte[125])),
        ("ping of 126", Frame(Final | Ping, new byte[126])),
        ("ping of 70,000", Frame(Final | Ping, new byte[70_000])),
        ("ping in fragments", [.. Frame(Ping, "h"u8), .. Frame(Final, "i"u8)]),
        ("pong in fragments", [.. Frame(Pong, "h"u8), .. Frame(Final, "i"u8)]),
        ("pong unasked", Frame(Final | Pong, "hi"u8)),
        ("ten pings", [.. Enumerable.Repeat(Frame(Final | Ping, "hi"u8), 10).SelectMany(f => f)]),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Texts() =>
    [
        ("overlong character", Frame(Final | Text, s_noText)),
        ("half a character", Frame(Final | Text, s_halfCharacter)),
        ("character in two fragments", [.. Frame(Text, s_halfCharacter), .. Frame(Final, [0xac])]),
        ("surrogate", Frame(Final | Text, [0xed, 0xa0, 0x80])),
        ("beyond Unicode", Frame(Final | Text, [0xf4, 0x90, 0x80, 0x80])),
        ("all bytes", Frame(Final | Binary, [.. Enumerable.Range(0, 256).Select(b => (byte)b)])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Closes() =>
    [
        ("close without a code", Frame(Final | Close, [])),
        ("close of one byte", Frame(Final | Close, [3])),
        ("close of 126", Frame(Final | Close, [3, 232, .. new byte[124]])),
        ("close in fragments", [.. Frame(Close, [3, 232]), .. Frame(Final, "bye"u8)]),
        ("close with a reason", Frame(Final | Close, [3, 232, .. "bye"u8])),
        ("close with a reason of no text", Frame(Final | Close, [3, 232, .. s_noText])),
        ("close unmasked", [Final | Close, 2, 3, 232]),
        ("text after close", [.. Closing(1000), .. Frame(Final | Text, "hi"u8)]),
        ("close twice", [.. Closing(1000), .. Closing(1001)]),
        .. ((int[])[0, 999, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1010, 1011, 1012, 1015, 1016, 1100, 2999, 3000,
            4999, 5000, 65_535]).Select(code => ($"close {code}", Closing(code))),
    ];

    private static byte[] Closing(int code) => Frame(Final | Close, [(byte)(code >> 8), (byte)code]);

    private static byte[] Frame(int head, ReadOnlySpan<byte> payload)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(Masked | payload.Length)],
            <= ushort.MaxValue => [Masked | 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [Masked | 127, .. Long(payload.Length)],
        };
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= s_mask[i % s_mask.Length];
        }

        return [(byte)head, .. length, .. s_mask, .. masked];
    }

    private static byte[] Long(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
