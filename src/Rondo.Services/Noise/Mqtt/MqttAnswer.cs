using System.Buffers.Binary;

namespace Rondo.Services.Noise.Mqtt;

internal enum MqttAnswerKind
{
    /// <summary>Answers CONNECT; <see cref="MqttAnswer.Number"/> is the return code.</summary>
    Connected,

    /// <summary>Answers a PUBLISH that is assured; <see cref="MqttAnswer.Number"/> is its id.</summary>
    Acknowledged,

    /// <summary>Answers PINGREQ.</summary>
    Alive,
}

/// <summary>What a broker may send to a client that only publishes; all else breaks the protocol.</summary>
internal readonly record struct MqttAnswer(MqttAnswerKind Kind, ushort Number)
{
    /// <summary>The most bytes that an answer has.</summary>
    public const int MostBytes = 4;

    private const int HeadBytes = 2;

    /// <summary>Reads the first answer of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What has come, from the beginning of an answer on.</param>
    /// <param name="answer">It.</param>
    /// <returns>Its length in bytes; 0 when it is not there as a whole yet.</returns>
    /// <exception cref="MqttException">No such answer begins like this, however it goes on.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out MqttAnswer answer)
    {
        answer = default;
        if (bytes.IsEmpty)
        {
            return 0;
        }

        var (kind, body) = bytes[0] switch
        {
            0x20 => (MqttAnswerKind.Connected, 2),
            0x40 => (MqttAnswerKind.Acknowledged, 2),
            0xD0 => (MqttAnswerKind.Alive, 0),
            var other => throw new MqttException($"The broker has sent a packet that begins with {other:X2}."),
        };

        // Written in more bytes than needed, or longer: refused before anything is kept of it.
        if (bytes.Length > 1 && bytes[1] != body)
        {
            throw new MqttException($"The broker has sent a packet {bytes[0]:X2} of a wrong length.");
        }

        if (bytes.Length < HeadBytes + body)
        {
            return 0;
        }

        answer = new(kind, body == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes[HeadBytes..]));
        return kind is not MqttAnswerKind.Connected || answer.Number <= 5
            ? HeadBytes + body
            : throw new MqttException($"The broker has sent a packet 20 with {answer.Number:X4}.");
    }
}
