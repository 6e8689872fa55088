using System.Text;
using Rondo.Services.Tests.Support;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.WebSockets;

public sealed class FrameDecoderTests
{
    private const int MostBytes = 64 * 1024;

    /// <summary>What a client may send, and what it may not, with the code that it is closed with.</summary>
    public static TheoryData<string, byte[][], string> Cases { get; } = new()
    {
        { "text", [RawWebSocket.TextFrame("héllo")], "Text héllo" },
        { "empty text", [RawWebSocket.TextFrame("")], "Text " },
        { "126 bytes", [RawWebSocket.TextFrame(new string('a', 126))], "Text " + new string('a', 126) },
        { "65535 bytes", [RawWebSocket.TextFrame(new string('a', 65535))], "Text " + new string('a', 65535) },
        { "65536 bytes", [RawWebSocket.TextFrame(new string('a', 65536))], "Text " + new string('a', 65536) },
        { "65537 bytes", [RawWebSocket.TextFrame(new string('a', 65537))], "Fault 1009" },
        { "2^62 bytes declared", [RawWebSocket.Frame(1, [], declared: 1UL << 62)], "Fault 1009" },
        { "2^63 bytes declared", [RawWebSocket.Frame(1, [], declared: 1UL << 63)], "Fault 1002" },
        { "pieces", [Piece(1, "hel", false), Piece(0, "lo", true)], "Text hello" },
        {
            "pieces with a ping between", [Piece(1, "hel", false), Piece(9, "p", true), Piece(0, "lo", true)],
            "Ping p, Text hello"
        },
        { "a character in two pieces", [Raw(1, [0xC3], false), Raw(0, [0xA9], true)], "Text é" },
        { "half a character at the end", [Raw(1, [0x41, 0xC3], true)], "Fault 1007" },
        { "surrogates", [Raw(1, [0xED, 0xA0, 0x80], true)], "Fault 1007" },
        { "overlong", [Raw(1, [0xC0, 0xAF], true)], "Fault 1007" },
        { "not UTF-8, over two pieces", [Raw(1, [0xC3], false), Raw(0, [0x41], true)], "Fault 1007" },
        { "pieces beyond the limit", [Piece(1, new string('a', 60000), false), Piece(0, new string('b', 6000), true)], "Fault 1009" },
        { "unmasked", [RawWebSocket.Frame(1, "hi"u8.ToArray(), isMasked: false)], "Fault 1002" },
        { "compressed", [RawWebSocket.Frame(1, "hi"u8.ToArray(), reserved: 4)], "Fault 1002" },
        { "reserved bit", [RawWebSocket.Frame(1, "hi"u8.ToArray(), reserved: 1)], "Fault 1002" },
        { "opcode 3", [Piece(3, "hi", true)], "Fault 1002" },
        { "opcode 11", [Piece(11, "hi", true)], "Fault 1002" },
        { "continuation first", [Piece(0, "hi", true)], "Fault 1002" },
        { "a message inside another", [Piece(1, "a", false), Piece(1, "b", true)], "Fault 1002" },
        { "ping in pieces", [Piece(9, "p", false)], "Fault 1002" },
        { "ping of 126 bytes", [Piece(9, new string('p', 126), true)], "Fault 1002" },
        { "length longer than needed", [[0x81, 0xFE, 0, 1, 0, 0, 0, 0, 0x41]], "Fault 1002" },
        { "close", [Raw(8, [0x03, 0xE8], true)], "Close 1000" },
        { "close without a code", [Raw(8, [], true)], "Close 1005" },
        { "close of one byte", [Raw(8, [3], true)], "Fault 1002" },
        { "close 1005", [Raw(8, [0x03, 0xED], true)], "Fault 1002" },
        { "close 999", [Raw(8, [0x03, 0xE7], true)], "Fault 1002" },
        { "close with a reason that is not UTF-8", [Raw(8, [0x03, 0xE8, 0xFF], true)], "Fault 1007" },
        { "binary", [Piece(2, "hi", true)], "Binary hi" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Next_AllAtOnce_GivesTheVerdict(string name, byte[][] frames, string expected)
    {
        using var decoder = new FrameDecoder(MostBytes);

        Assert.True(expected == Decode(decoder, [.. frames.SelectMany(f => f)], int.MaxValue), name);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Next_ByteByByte_GivesTheSameVerdict(string name, byte[][] frames, string expected)
    {
        using var decoder = new FrameDecoder(MostBytes);

        Assert.True(expected == Decode(decoder, [.. frames.SelectMany(f => f)], 1), name);
    }

    [Fact]
    public void IsHalf_BetweenMessages_IsFalse()
    {
        using var decoder = new FrameDecoder(MostBytes);
        Assert.False(decoder.IsHalf);

        Decode(decoder, RawWebSocket.TextFrame("hi")[..3], int.MaxValue);
        Assert.True(decoder.IsHalf);

        Decode(decoder, RawWebSocket.TextFrame("hi")[3..], int.MaxValue);
        Assert.False(decoder.IsHalf);

        Decode(decoder, Piece(1, "hi", false), int.MaxValue);
        Assert.True(decoder.IsHalf);
    }

    private static byte[] Piece(int opcode, string text, bool isLast) => Raw(opcode, Encoding.UTF8.GetBytes(text), isLast);

    private static byte[] Raw(int opcode, byte[] payload, bool isLast) => RawWebSocket.Frame(opcode, payload, isLast);

    // Stops at the first fault, as a session does.
    private static string Decode(FrameDecoder decoder, byte[] bytes, int atOnce)
    {
        var seen = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var memory = decoder.GetMemory();
            var count = Math.Min(Math.Min(memory.Length, atOnce), bytes.Length - at);
            bytes.AsMemory(at, count).CopyTo(memory);
            decoder.Received(count);
            at += count;
            while (decoder.Next() is { Kind: not IncomingKind.Nothing } incoming)
            {
                seen.Add(incoming.Kind is IncomingKind.Fault or IncomingKind.Close
                    ? $"{incoming.Kind} {incoming.Code}"
                    : $"{incoming.Kind} {Encoding.UTF8.GetString(incoming.Data.Span)}");
                if (incoming.Kind is IncomingKind.Fault)
                {
                    return string.Join(", ", seen);
                }
            }
        }

        return string.Join(", ", seen);
    }
}
