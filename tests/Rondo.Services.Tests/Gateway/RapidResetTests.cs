using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>
/// HTTP/2 requests that are taken back as soon as they are sent (CVE-2023-44487): each frees its place for the next,
/// and leaves work behind.
/// </summary>
public sealed class RapidResetTests
{
    private const int Streams = 4_000;
    private const int Batch = 50;

    // What the server lets run at once on one connection, and as many again that it has taken back and not yet ended.
    private const int MostAtOnce = 200;

    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Streams_TakenBackAtOnce_AreBoundedAndTheServerServesOn(string transport)
    {
        var (atOnce, most, all) = (0, 0, 0);
        var forwarder = new ScriptedForwarder
        {
            Script = async (context, request, _) =>
            {
                if (request.Target == "/printer/calm")
                {
                    return await ScriptedForwarder.AnswerAsync(context, 200, "calm");
                }

                Interlocked.Increment(ref all);
                var now = Interlocked.Increment(ref atOnce);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                var left = new TaskCompletionSource();
                await using var end = context.RequestAborted.Register(left.SetResult);
                await left.Task;
                Interlocked.Decrement(ref atOnce);
                return await ScriptedForwarder.EndAsync(ForwardOutcome.ClientLeft);
            },
        };
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Transport = transport },
            configure: services => services
                .AddSingleton<IForwarder>(forwarder)
                .Configure<KestrelServerOptions>(kestrel =>
                {
                    kestrel.Listen(IPAddress.Loopback, 0);
                    kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
                }));
        var key = server.CreateAdminKey();
        await new RegistryCalls(server, key).RegisterAsync("printer", "p1", ""","routes":["/printer/**"]""");
        var http2 = server.OwnAddresses[1];

        var sent = await FloodAsync(http2, key);

        Assert.InRange(all, 1, sent);
        Assert.InRange(most, 1, MostAtOnce);
        Assert.Equal("calm", (await server.GetAsync("/printer/calm", Keys.Bearer(key))).Body);
        SpinWait.SpinUntil(() => Volatile.Read(ref atOnce) == 0, TimeSpan.FromSeconds(30));
        Assert.Equal(0, atOnce);
    }

    /// <summary>How many streams were sent before the server had enough, or all.</summary>
    private static async Task<int> FloodAsync(Uri server, string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, limit.Token);
        var (stream, fields, next) = (client.GetStream(), Fields(key), 0);
        try
        {
            await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), limit.Token);
            await stream.WriteAsync(Frame(Settings, 0, 0, []), limit.Token);
            while (next < Streams)
            {
                var bytes = new List<byte>();
                for (var i = 0; i < Batch; i++, next++)
                {
                    var id = (uint)((2 * next) + 1);
                    bytes.AddRange(Frame(Headers, 5, id, fields));
                    bytes.AddRange(Frame(ResetStream, 0, id, [0, 0, 0, 8]));
                }

                // Its answer says that the server has seen what came before.
                bytes.AddRange(Frame(Ping, 0, 0, new byte[8]));
                await stream.WriteAsync(bytes.ToArray(), limit.Token);
                if (!await IsAnsweredAsync(stream, limit.Token))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // It has hung up.
        }

        return next;
    }

    private static async Task<bool> IsAnsweredAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var head = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(head, cancellation);
            await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], cancellation);
            if (head[3] is Ping or GoAway)
            {
                return head[3] == Ping;
            }
        }
    }

    private static byte[] Frame(byte type, byte flags, uint stream, ReadOnlySpan<byte> body)
    {
        var frame = new byte[9 + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)body.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        body.CopyTo(frame.AsSpan(9));
        return frame;
    }

    // RFC 7541: GET and http of the static table, then names of it with values as they are.
    private static byte[] Fields(string key) =>
    [
        0x82, 0x86, .. Field([0x04], "/printer/x"), .. Field([0x01], "rondo"), .. Field([0x0f, 0x08], "Bearer " + key),
    ];

    private static byte[] Field(byte[] name, string value) =>
        [.. name, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
