using System.Buffers.Binary;
using System.Text;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>Writes frames of HTTP/2 (RFC 9113), right and wrong ones, and reads what comes back.</summary>
internal static class Http2Frames
{
    public const int Data = 0;
    public const int Headers = 1;
    public const int Priority = 2;
    public const int ResetStream = 3;
    public const int Settings = 4;
    public const int PushPromise = 5;
    public const int Ping = 6;
    public const int GoAway = 7;
    public const int WindowUpdate = 8;
    public const int Continuation = 9;

    public const int EndStream = 1;
    public const int Ack = 1;
    public const int EndHeaders = 4;
    public const int Padded = 8;
    public const int HasPriority = 0x20;

    private const int HeadLength = 9;

    public static byte[] Preface { get; } = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>Fields of the static table: GET (POST), http, <c>/</c>; and a literal authority.</summary>
    public static byte[] Get { get; } = [0x82, 0x86, 0x84, 0x01, 1, (byte)'x'];

    public static byte[] Post { get; } = [0x83, 0x86, 0x84, 0x01, 1, (byte)'x'];

    public static byte[] Frame(int type, int flags, uint stream, params ReadOnlySpan<byte> payload) =>
        FrameOfLength(payload.Length, type, flags, stream, payload);

    /// <summary>One whose length may be a lie.</summary>
    public static byte[] FrameOfLength(int length, int type, int flags, uint stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadLength + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length);
        (frame[3], frame[4]) = ((byte)type, (byte)flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    public static byte[] Setting(int id, uint value) =>
        Frame(Settings, 0, 0, [(byte)(id >> 8), (byte)id, .. Number(value)]);

    public static byte[] Number(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A field that stays out of every table.</summary>
    public static byte[] Field(string name, string value) => [0, .. Text(name), .. Text(value)];

    /// <summary>The streams whose client has said all and waits.</summary>
    public static IEnumerable<uint> EndedIn(byte[] sent)
    {
        var frames = Read(sent.AsSpan().StartsWith(Preface) ? sent.AsMemory(Preface.Length) : sent);
        return Ended(frames).Except(frames.Where(f => f.Type == ResetStream).Select(f => f.Stream));
    }

    /// <summary>The streams that the server has answered to the end, or reset.</summary>
    public static IEnumerable<uint> OverIn(ReadOnlyMemory<byte> received) =>
        Ended(Read(received)).Concat(Read(received).Where(f => f.Type == ResetStream).Select(f => f.Stream));

    /// <summary>What has come whole.</summary>
    public static IEnumerable<(int Type, int Flags, uint Stream, ReadOnlyMemory<byte> Payload)> Read(
        ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length >= HeadLength)
        {
            var head = bytes[..HeadLength].ToArray();
            var end = HeadLength + ((head[0] << 16) | (head[1] << 8) | head[2]);
            if (end > bytes.Length)
            {
                yield break;
            }

            yield return (
                head[3], head[4], BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(5)), bytes[HeadLength..end]);
            bytes = bytes[end..];
        }
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.Latin1.GetBytes(text)];

    private static IEnumerable<uint> Ended(
        IEnumerable<(int Type, int Flags, uint Stream, ReadOnlyMemory<byte> Payload)> frames) =>
        frames.Where(f => f.Type is Data or Headers && (f.Flags & EndStream) != 0).Select(f => f.Stream);
}
