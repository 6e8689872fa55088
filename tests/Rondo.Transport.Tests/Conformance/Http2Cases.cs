using static Rondo.Transport.Tests.Conformance.Http2Frames;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>Frames that a server must refuse, pass over or stand.</summary>
internal static class Http2Cases
{
    private const int Whole = EndStream | EndHeaders;

    // Identifiers of settings.
    private const int EnablePush = 2;
    private const int InitialWindow = 4;
    private const int MaxFrame = 5;

    private static readonly byte[] s_open = [.. Preface, .. Frame(Settings, 0, 0)];

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new[]
    {
        Beginnings(), After(Heads()), After(SettingsFrames()), After(Pings()), After(Windows()), After(Requests()),
        After(Fields()), After(Continuations()), After(Bodies()), After(Ends()),
    }.SelectMany(c => c).ToDictionary(c => c.Name, c => c.Bytes);

    /// <summary>What a server may take for an attack or not, depending on how far it has come meanwhile.</summary>
    public static IReadOnlyDictionary<string, byte[]> Floods { get; } = After(
    [
        ("resets", Join(Enumerable.Range(0, 200).Select(n => Join(
            Frame(Headers, Whole, Id(n), Get), Frame(ResetStream, 0, Id(n), Number(8)))))),
        ("streams", Join(Enumerable.Range(0, 45).Select(n => Frame(Headers, Whole, Id(n), Get)))),
        ("pings", Join(Enumerable.Repeat(Frame(Ping, 0, 0, new byte[8]), 3000))),
        ("settings", Join(Enumerable.Repeat(Setting(InitialWindow, 65_535), 1000))),
        ("empty data", Join(
            [Frame(Headers, EndHeaders, 1, Post), .. Enumerable.Repeat(Frame(Data, 0, 1), 3000)])),
        ("window updates", Join(Enumerable.Repeat(Frame(WindowUpdate, 0, 0, Number(1)), 3000))),
        ("priorities", Join(Enumerable.Repeat(Frame(Priority, 0, 3, 0, 0, 0, 1, 9), 3000))),
        ("zero-length headers", Join(Enumerable.Range(0, 50).Select(n => Frame(Headers, Whole, Id(n), [])))),
    ]).ToDictionary(c => c.Name, c => c.Bytes);

    /// <summary>The client goes, giving a reason; nothing follows.</summary>
    public static byte[] Farewell(uint reason) =>
        [.. s_open, .. Frame(Ping, 0, 0, new byte[8]), .. Frame(GoAway, 0, 0, [.. Number(0), .. Number(reason)])];

    private static IEnumerable<(string Name, byte[] Bytes)> Beginnings() =>
    [
        ("nothing wrong", s_open),
        ("wrong preface", [.. "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"u8, .. Frame(Settings, 0, 0)]),
        ("preface in lower case", [.. "pri * http/2.0\r\n\r\nsm\r\n\r\n"u8, .. Frame(Settings, 0, 0)]),
        ("HTTP/1.1", [.. "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8]),
        ("TLS hello", [0x16, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3, .. new byte[34], .. "\r\n"u8]),
        ("zeros", [.. new byte[100], .. "\r\n"u8]),
        ("preface without SETTINGS", [.. Preface, .. Frame(Ping, 0, 0, new byte[8])]),
        ("preface and an acknowledgement", [.. Preface, .. Frame(Settings, Ack, 0)]),
        ("preface twice", [.. s_open, .. Preface]),
        ("HTTP/1.1 after the preface", [.. Preface, .. "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8]),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Heads() =>
    [
        ("unknown type", Frame(0x42, 0xff, 0, 1, 2, 3)),
        ("unknown type on a stream", Frame(0x42, 0, 1, 1, 2, 3)),
        ("unknown flags", Frame(Ping, 0xfe, 0, new byte[8])),
        ("reserved bit", Frame(Ping, 0, 0x80000000, new byte[8])),
        ("oversize DATA", Join(Frame(Headers, EndHeaders, 1, Post), Frame(Data, 0, 1, new byte[16_385]))),
        ("oversize HEADERS", Frame(Headers, Whole, 1, new byte[16_385])),
        ("oversize SETTINGS", Frame(Settings, 0, 0, new byte[16_386])),
        ("oversize unknown type", Frame(0x42, 0, 0, new byte[16_385])),
        ("greatest length", FrameOfLength(0xffffff, Data, 0, 1, [])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> SettingsFrames() =>
    [
        ("SETTINGS on a stream", Frame(Settings, 0, 1)),
        ("SETTINGS acknowledged with a payload", Frame(Settings, Ack, 0, new byte[6])),
        ("SETTINGS acknowledged unasked", Join(Frame(Settings, Ack, 0), Frame(Settings, Ack, 0))),
        ("SETTINGS of five bytes", Frame(Settings, 0, 0, new byte[5])),
        ("SETTINGS push 2", Setting(EnablePush, 2)),
        ("SETTINGS push 1", Setting(EnablePush, 1)),
        ("SETTINGS window above the limit", Setting(InitialWindow, 0x80000000)),
        ("SETTINGS window at the limit", Setting(InitialWindow, 0x7fffffff)),
        ("SETTINGS frame size too small", Setting(MaxFrame, 16_383)),
        ("SETTINGS frame size too great", Setting(MaxFrame, 0x1000000)),
        ("SETTINGS unknown", Setting(0x4242, 1)),
        ("SETTINGS table of 4 GiB", Setting(1, uint.MaxValue)),
        ("SETTINGS no streams", Setting(3, 0)),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Pings() =>
    [
        ("PING of seven bytes", Frame(Ping, 0, 0, new byte[7])),
        ("PING of nine bytes", Frame(Ping, 0, 0, new byte[9])),
        ("PING on a stream", Frame(Ping, 0, 1, new byte[8])),
        ("PING acknowledged unasked", Frame(Ping, Ack, 0, new byte[8])),
        ("PING", Frame(Ping, 0, 0, "whatever"u8)),
        ("PRIORITY of itself", Frame(Priority, 0, 1, 0, 0, 0, 1, 9)),
        ("PRIORITY on no stream", Frame(Priority, 0, 0, 0, 0, 0, 1, 9)),
        ("PRIORITY of four bytes", Frame(Priority, 0, 1, 0, 0, 0, 3)),
        ("PRIORITY of an idle stream", Frame(Priority, 0, 9, 0, 0, 0, 3, 9)),
        ("PUSH_PROMISE", Frame(PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. Get])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Windows() =>
    [
        ("WINDOW_UPDATE of zero", Frame(WindowUpdate, 0, 0, Number(0))),
        ("WINDOW_UPDATE of zero on a stream", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(WindowUpdate, 0, 1, Number(0)))),
        ("WINDOW_UPDATE beyond the limit", Frame(WindowUpdate, 0, 0, Number(0x7fffffff))),
        ("WINDOW_UPDATE beyond the limit of a stream", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(WindowUpdate, 0, 1, Number(0x7fffffff)))),
        ("WINDOW_UPDATE of an idle stream", Frame(WindowUpdate, 0, 9, Number(1))),
        ("WINDOW_UPDATE of an even stream", Frame(WindowUpdate, 0, 2, Number(1))),
        ("WINDOW_UPDATE of three bytes", Frame(WindowUpdate, 0, 0, 0, 0, 1)),
        ("windows overflow by SETTINGS", Join(
            Frame(Headers, EndHeaders, 1, Post),
            Frame(WindowUpdate, 0, 1, Number(0x7fff0000)),
            Setting(InitialWindow, 0x7fffffff))),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Requests() =>
    [
        ("HEADERS on no stream", Frame(Headers, Whole, 0, Get)),
        ("HEADERS on an even stream", Frame(Headers, Whole, 2, Get)),
        ("HEADERS on an earlier stream", Join(Frame(Headers, Whole, 5, Get), Frame(Headers, Whole, 3, Get))),
        ("HEADERS of no length", Frame(Headers, Whole, 1)),
        ("HEADERS with more padding than length", Frame(Headers, Whole | Padded, 1, [200, .. Get])),
        ("HEADERS of nothing but padding", Frame(Headers, Whole | Padded, 1, 0)),
        ("HEADERS padded without a length", Frame(Headers, Whole | Padded, 1)),
        ("HEADERS with half a priority", Frame(Headers, Whole | HasPriority, 1, 0, 0)),
        ("HEADERS that depend on themselves", Frame(Headers, Whole | HasPriority, 1, [0, 0, 0, 1, 9, .. Get])),
        ("HEADERS twice without an end", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(Headers, EndHeaders, 1, Post))),
        ("trailers with a method", Join(Frame(Headers, EndHeaders, 1, Post), Frame(Headers, Whole, 1, Get))),
        ("trailers", Join(Frame(Headers, EndHeaders, 1, Post), Frame(Headers, Whole, 1, Field("name", "a")))),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Fields() =>
    [
        ("index 0", Frame(Headers, Whole, 1, [0x80, .. Get])),
        ("index beyond the table", Frame(Headers, Whole, 1, [0xff, 0x50, .. Get])),
        ("index beyond 32 bits", Frame(Headers, Whole, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)),
        ("cut off in a field", Frame(Headers, Whole, 1, [.. Get, 0, 4, (byte)'n'])),
        ("Huffman code of the end", Frame(Headers, Whole, 1, [.. Get, 0, 0x84, 0xff, 0xff, 0xff, 0xff, 0])),
        ("Huffman padding too long", Frame(Headers, Whole, 1, [.. Get, 0, 0x82, 0x1f, 0xff, 1, (byte)'a'])),
        ("table greater than allowed", Frame(Headers, Whole, 1, [0x3f, 0xff, 0xff, 0x7f, .. Get])),
        ("table resized after a field", Frame(Headers, Whole, 1, [.. Get, 0x20])),
        ("no method", Frame(Headers, Whole, 1, Get.AsSpan(1))),
        ("no scheme", Frame(Headers, Whole, 1, [0x82, 0x84, 0x01, 1, (byte)'x'])),
        ("no path", Frame(Headers, Whole, 1, [0x82, 0x86, 0x01, 1, (byte)'x'])),
        ("no authority", Frame(Headers, Whole, 1, [0x82, 0x86, 0x84])),
        ("empty path", Frame(Headers, Whole, 1, [0x82, 0x86, .. Field(":path", "")])),
        ("method twice", Frame(Headers, Whole, 1, [0x82, .. Get])),
        ("unknown pseudo field", Frame(Headers, Whole, 1, [.. Get, .. Field(":coffee", "a")])),
        ("an answer's pseudo field", Frame(Headers, Whole, 1, [.. Get, 0x88])),
        ("pseudo field after a field", Frame(Headers, Whole, 1, [.. Field("name", "a"), .. Get])),
        ("upper case", Frame(Headers, Whole, 1, [.. Get, .. Field("Name", "a")])),
        ("NUL in a value", Frame(Headers, Whole, 1, [.. Get, .. Field("name", "a\0b")])),
        ("line end in a value", Frame(Headers, Whole, 1, [.. Get, .. Field("name", "a\r\nb: c")])),
        ("colon in a name", Frame(Headers, Whole, 1, [.. Get, .. Field("na:me", "a")])),
        ("empty name", Frame(Headers, Whole, 1, [.. Get, .. Field("", "a")])),
        ("connection", Frame(Headers, Whole, 1, [.. Get, .. Field("connection", "close")])),
        ("transfer-encoding", Frame(Headers, Whole, 1, [.. Get, .. Field("transfer-encoding", "chunked")])),
        ("te of gzip", Frame(Headers, Whole, 1, [.. Get, .. Field("te", "gzip")])),
        ("te of trailers", Frame(Headers, Whole, 1, [.. Get, .. Field("te", "trailers")])),
        ("fields too long", Frame(Headers, Whole, 1, Join(
            [Get, .. Enumerable.Repeat(Field("n", new string('a', 99)), 12)]))),
        ("too many fields", Frame(Headers, Whole, 1, Join([Get, .. Enumerable.Repeat(Field("n", "a"), 20)]))),
        ("CONNECT", Frame(Headers, Whole, 1, [.. Field(":method", "CONNECT"), .. Field(":authority", "x:80")])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Continuations() =>
    [
        ("CONTINUATION without HEADERS", Frame(Continuation, EndHeaders, 1, Get)),
        ("CONTINUATION after the end", Join(Frame(Headers, Whole, 1, Get), Frame(Continuation, EndHeaders, 1, Get))),
        ("CONTINUATION of another stream", Join(
            Frame(Headers, EndStream, 1, Get), Frame(Continuation, EndHeaders, 3, Get))),
        ("CONTINUATION on no stream", Join(
            Frame(Headers, EndStream, 1, Get), Frame(Continuation, EndHeaders, 0, Get))),
        ("PING within headers", Join(Frame(Headers, EndStream, 1, Get), Frame(Ping, 0, 0, new byte[8]))),
        ("unknown type within headers", Join(Frame(Headers, EndStream, 1, Get), Frame(0x42, 0, 1))),
        ("headers of single bytes", Join(
        [
            Frame(Headers, EndStream, 1),
            .. Get.Select(b => Frame(Continuation, 0, 1, b)),
            Frame(Continuation, EndHeaders, 1),
        ])),
        ("headers without end", Join(
        [
            Frame(Headers, EndStream, 1, Get),
            .. Enumerable.Repeat(Frame(Continuation, 0, 1, Field("n", new string('a', 99))), 20),
        ])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Bodies() =>
    [
        ("DATA on an idle stream", Frame(Data, EndStream, 1, 1)),
        ("DATA on no stream", Frame(Data, EndStream, 0, 1)),
        ("DATA on an even stream", Frame(Data, EndStream, 2, 1)),
        ("DATA after the end", Join(Frame(Headers, Whole, 1, Get), Frame(Data, EndStream, 1, 1))),
        ("DATA with more padding than length", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(Data, EndStream | Padded, 1, 9, 1))),
        ("DATA padded without a length", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(Data, EndStream | Padded, 1))),
        ("DATA beyond its length", Join(
            Frame(Headers, EndHeaders, 1, [.. Post, .. Field("content-length", "1")]), Frame(Data, EndStream, 1, 1, 2))),
        ("DATA short of its length", Join(
            Frame(Headers, EndHeaders, 1, [.. Post, .. Field("content-length", "3")]), Frame(Data, EndStream, 1, 1, 2))),
        ("length without a body", Frame(Headers, Whole, 1, [.. Post, .. Field("content-length", "3")])),
        ("DATA within headers", Join(Frame(Headers, 0, 1, Post), Frame(Data, EndStream, 1, 1))),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> Ends() =>
    [
        ("RST_STREAM on no stream", Frame(ResetStream, 0, 0, Number(8))),
        ("RST_STREAM of an idle stream", Frame(ResetStream, 0, 9, Number(8))),
        ("RST_STREAM of an even stream", Frame(ResetStream, 0, 2, Number(8))),
        ("RST_STREAM of three bytes", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(ResetStream, 0, 1, 0, 0, 8))),
        ("RST_STREAM", Join(Frame(Headers, EndHeaders, 1, Post), Frame(ResetStream, 0, 1, Number(8)))),
        ("RST_STREAM, then DATA", Join(
            Frame(Headers, EndHeaders, 1, Post), Frame(ResetStream, 0, 1, Number(8)), Frame(Data, EndStream, 1, 1))),
        ("GOAWAY on a stream", Frame(GoAway, 0, 1, new byte[8])),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> After(IEnumerable<(string Name, byte[] Bytes)> cases) =>
        cases.Select(c => (c.Name, Join(s_open, c.Bytes)));

    private static uint Id(int n) => (uint)(2 * n) + 1;

    private static byte[] Join(params IEnumerable<byte[]> frames) => [.. frames.SelectMany(f => f)];
}
