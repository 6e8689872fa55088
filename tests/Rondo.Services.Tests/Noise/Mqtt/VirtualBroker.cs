using System.Buffers.Binary;
using System.Text;
using Rondo.Runtime.Testing;

namespace Rondo.Services.Tests.Noise.Mqtt;

/// <summary>A broker in virtual time that does what a test says, one connection at a time.</summary>
internal sealed class VirtualBroker(VirtualLoop virtualLoop)
{
    public const byte Connect = 0x10;
    public const byte Publish = 0x30;
    public const byte Ping = 0xC0;
    public const byte Disconnect = 0xE0;

    private readonly VirtualListener _listener = virtualLoop.Network.Listen("broker");
    private VirtualNetworkStream? _stream;

    /// <summary>What was published, as <c>topic=text</c>, with when.</summary>
    public List<(TimeSpan At, string Text)> Published { get; } = [];

    /// <summary>When connections came.</summary>
    public List<TimeSpan> Connections { get; } = [];

    public IEnumerable<string> Texts => Published.Select(p => p.Text);

    public async Task AcceptAsync()
    {
        _stream = await _listener.AcceptAsync(default);
        Connections.Add(virtualLoop.Loop.Time);
    }

    public async Task SendAsync(string hex) => await _stream!.WriteAsync(Convert.FromHexString(hex));

    public void Close() => _stream!.Dispose();

    /// <summary>The first byte and the rest of the next packet; null at the end.</summary>
    public async Task<(byte Type, byte[] Body)?> ReadAsync()
    {
        var head = new byte[1];
        if (await _stream!.ReadAtLeastAsync(head, 1, throwOnEndOfStream: false) == 0)
        {
            return null;
        }

        var type = head[0];
        var (length, shift) = (0, 0);
        do
        {
            await _stream!.ReadExactlyAsync(head);
            length |= (head[0] & 0x7f) << shift;
            shift += 7;
        }
        while (head[0] >= 0x80);
        var body = new byte[length];
        await _stream!.ReadExactlyAsync(body);
        return (type, body);
    }

    /// <summary>Accepts, reads CONNECT and answers it.</summary>
    public async Task OpenAsync(string answer = "20020000")
    {
        await AcceptAsync();
        Assert.Equal(Connect, (await ReadAsync())!.Value.Type);
        await SendAsync(answer);
    }

    /// <summary>Does as it should until the client ends; what it ended with.</summary>
    public async Task<byte?> ServeAsync(bool acknowledges = true, bool answersPings = true)
    {
        try
        {
            while (await ReadAsync() is { } packet)
            {
                if ((packet.Type & 0xF0) == Publish)
                {
                    var topic = BinaryPrimitives.ReadUInt16BigEndian(packet.Body);
                    var isAssured = (packet.Type & 0x06) != 0;
                    var start = 2 + topic + (isAssured ? 2 : 0);
                    var name = Encoding.UTF8.GetString(packet.Body, 2, topic);
                    var text = Encoding.UTF8.GetString(packet.Body.AsSpan(start));
                    Published.Add((virtualLoop.Loop.Time, $"{name}={text}"));
                    if (isAssured && acknowledges)
                    {
                        await SendAsync("4002" + Convert.ToHexString(packet.Body, 2 + topic, 2));
                    }
                }
                else if (packet.Type == Ping && answersPings)
                {
                    await SendAsync("D000");
                }
                else if (packet.Type == Disconnect)
                {
                    return Disconnect;
                }
            }
        }
        catch (IOException)
        {
            // Cut by the client.
        }

        return null;
    }
}
