using System.Net.Sockets;
using System.Text;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>
/// The server's limits and timers are as without the check. One of them is a second of real time: the server takes no
/// other clock.
/// </summary>
public sealed class StrictFramingLimitTests
{
    /// <summary>With the check and without it, on each transport.</summary>
    public static TheoryData<string, bool> Servers { get; } = new()
    {
        { "auto", true }, { "auto", false }, { "sockets", true }, { "sockets", false },
    };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Limits_OfTheServer_AreAnsweredAsEver(string transport, bool isChecked)
    {
        await using var server = await FramingServer.StartAsync(transport, isChecked: isChecked);
        var manyFields = string.Concat(Enumerable.Range(0, 101).Select(i => $"F{i}: x\r\n"));

        // The first two never end.
        Assert.Equal(414, await StatusAsync(server, "GET /" + new string('a', 9000)));
        Assert.Equal(431, await StatusAsync(server, "GET / HTTP/1.1\r\nHost: x\r\nF: " + new string('a', 33_000)));
        Assert.Equal(431, await StatusAsync(server, $"GET / HTTP/1.1\r\nHost: x\r\n{manyFields}\r\n"));
        Assert.Equal(413, await StatusAsync(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n"));
        Assert.Equal(413, await StatusAsync(
            server,
            $"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n{new string('a', 1280)}"));
        Assert.Equal(400, await StatusAsync(server, "GET / HTTP/1.1\r\n\r\n"));
        Assert.Equal(408, await StatusAsync(server, "GET / HTTP/1.1\r\nHost: x\r\nFo"));
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Body_WithExpectation_IsAskedForBeforeItIsSent(string transport)
    {
        await using var server = await FramingServer.StartAsync(transport);
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await client.ConnectAsync(server.Address.Host, server.Address.Port, limit.Token);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"), limit.Token);
        var first = await ReadHeadAsync(stream, limit.Token);
        await stream.WriteAsync("5\r\nhello\r\n0\r\n\r\n"u8.ToArray(), limit.Token);
        var second = await ReadHeadAsync(stream, limit.Token);

        Assert.StartsWith("HTTP/1.1 100 ", first);
        Assert.StartsWith("HTTP/1.1 200 ", second);
    }

    private static async Task<int> StatusAsync(FramingServer server, string request)
    {
        var (answer, _) = await server.SendAsync(request, answers: 1);
        return int.Parse(answer.AsSpan(9, 3), null);
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken limit)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, limit);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
