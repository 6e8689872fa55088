using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>
/// What a client that only publishes sends, as bytes (MQTT 3.1.1, OASIS Standard of 2014, section 3).
/// </summary>
internal static class MqttPacket
{
    /// <summary>No string may be longer (section 1.5.3).</summary>
    public const int LongestString = 65_535;

    private const byte ConnectType = 0x10;
    private const byte PublishType = 0x30;
    private const byte PingRequestType = 0xC0;
    private const byte DisconnectType = 0xE0;
    private const byte ProtocolLevel = 4;

    // Of the connect flags (section 3.1.2.3) and of the publish packet's first byte (section 3.3.1).
    private const byte CleanSession = 0x02;
    private const byte HasWill = 0x04;
    private const byte AssuredWill = 0x08;
    private const byte RetainedWill = 0x20;
    private const byte HasPassword = 0x40;
    private const byte HasUser = 0x80;
    private const byte Assured = 0x02;
    private const byte Retained = 0x01;

    public static void WriteConnect(IBufferWriter<byte> output, MqttLogin login)
    {
        var body = new ArrayBufferWriter<byte>();
        WriteString(body, "MQTT");
        WriteByte(body, ProtocolLevel);
        WriteByte(body, (byte)(CleanSession | HasWill
            | (login.Will.IsAssured ? AssuredWill : 0)
            | (login.Will.IsRetained ? RetainedWill : 0)
            | (login.User is null ? 0 : HasUser)
            | (login.Password is null ? 0 : HasPassword)));
        WriteNumber(body, (ushort)Math.Min(login.KeepAlive.TotalSeconds, ushort.MaxValue));
        WriteString(body, login.ClientId);
        WriteString(body, login.Will.Topic);
        WriteBytes(body, login.Will.Payload.Span);
        if (login.User is not null)
        {
            WriteString(body, login.User);
        }

        if (login.Password is not null)
        {
            WriteString(body, login.Password);
        }

        WriteHead(output, ConnectType, body.WrittenCount);
        output.Write(body.WrittenSpan);
    }

    /// <param name="output">Where to.</param>
    /// <param name="message">What is published.</param>
    /// <param name="id">1 and up, by which the broker acknowledges it; 0 for one that is not assured.</param>
    public static void WritePublish(IBufferWriter<byte> output, MqttMessage message, ushort id)
    {
        var flags = (message.IsAssured ? Assured : 0) | (message.IsRetained ? Retained : 0);
        var idBytes = message.IsAssured ? 2 : 0;
        var length = 2 + Encoding.UTF8.GetByteCount(message.Topic) + idBytes + message.Payload.Length;
        WriteHead(output, (byte)(PublishType | flags), length);
        WriteString(output, message.Topic);
        if (message.IsAssured)
        {
            WriteNumber(output, id);
        }

        output.Write(message.Payload.Span);
    }

    public static void WritePingRequest(IBufferWriter<byte> output) => WritePlain(output, PingRequestType);

    public static void WriteDisconnect(IBufferWriter<byte> output) => WritePlain(output, DisconnectType);

    // Seven bits to a byte, the lowest first (section 2.2.3).
    private static void WriteHead(IBufferWriter<byte> output, byte type, int length)
    {
        WriteByte(output, type);
        do
        {
            var bits = length & 0x7f;
            length >>= 7;
            WriteByte(output, (byte)(length > 0 ? bits | 0x80 : bits));
        }
        while (length > 0);
    }

    private static void WritePlain(IBufferWriter<byte> output, byte type) => WriteHead(output, type, 0);

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteString(IBufferWriter<byte> output, string text) =>
        WriteBytes(output, Encoding.UTF8.GetBytes(text));

    private static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteNumber(output, checked((ushort)bytes.Length));
        output.Write(bytes);
    }

    private static void WriteNumber(IBufferWriter<byte> output, ushort number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), number);
        output.Advance(2);
    }
}
