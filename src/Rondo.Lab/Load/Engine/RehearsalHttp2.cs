using System.Buffers.Binary;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// Answers every request on a connection with an empty 200: as much of HTTP/2 as a rehearsal needs (RFC 9113).
/// </summary>
internal static class RehearsalHttp2
{
    private const int PrefaceBytes = 24;
    private const int HeadBytes = 9;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Ack = 1;
    private const byte EndStreamAndHeaders = 5;

    // HPACK, static table, entry 8 (RFC 7541, appendix A).
    private static readonly byte[] Status200 = [0x88];

    /// <summary>Runs until the connection ends, which is an <see cref="IOException"/>.</summary>
    public static void Serve(Stream stream)
    {
        stream.Write(Frame(Settings, 0, 0, []));
        stream.ReadExactly(new byte[PrefaceBytes]);
        var head = new byte[HeadBytes];
        while (true)
        {
            stream.ReadExactly(head);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
            stream.ReadExactly(payload);
            var isAck = (head[4] & Ack) != 0;
            switch (head[3])
            {
                case Headers:
                    var number = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                    stream.Write(Frame(Headers, EndStreamAndHeaders, number, Status200));
                    break;
                case Settings when !isAck:
                    stream.Write(Frame(Settings, Ack, 0, []));
                    break;
                case Ping when !isAck:
                    stream.Write(Frame(Ping, Ack, 0, payload));
                    break;
            }
        }
    }

    private static byte[] Frame(byte kind, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (kind, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeadBytes);
        return frame;
    }
}
