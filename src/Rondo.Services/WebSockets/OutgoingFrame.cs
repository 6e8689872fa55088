using System.Buffers.Binary;
using System.Text;

namespace Rondo.Services.WebSockets;

/// <summary>
/// Frames as a server sends them: whole and unmasked, so that one frame does for every reader (RFC 6455 section 5).
/// </summary>
internal static class OutgoingFrame
{
    private const byte Last = 0x80;
    private const int LongestControl = 125;

    public static byte[] Text(ReadOnlySpan<byte> utf8) => Make(Last | 1, utf8);

    public static byte[] Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static byte[] Ping() => Make(Last | 9, []);

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Make(Last | 10, payload);

    /// <param name="code">Without a code, 1005, the frame has none.</param>
    /// <param name="reason">For people; what does not fit is left out.</param>
    public static byte[] Close(int code, string reason)
    {
        if (code == 1005)
        {
            return Make(Last | 8, []);
        }

        var payload = new byte[LongestControl];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetEncoder().Convert(
            reason, payload.AsSpan(2), flush: true, out _, out var written, out _);
        return Make(Last | 8, payload.AsSpan(0, 2 + written));
    }

    private static byte[] Make(int first, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : payload.Length <= ushort.MaxValue ? 4 : 10;
        var frame = new byte[header + payload.Length];
        frame[0] = (byte)first;
        switch (header)
        {
            case 2:
                frame[1] = (byte)payload.Length;
                break;
            case 4:
                frame[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                frame[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
                break;
        }

        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }
}
