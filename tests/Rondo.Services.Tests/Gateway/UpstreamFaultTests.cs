using System.Text.Json.Nodes;
using Rondo.Services.Tests.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>
/// The whole gateway before servers that fail, over real sockets. How long it waits for them is real time, a fraction
/// of a second.
/// </summary>
public sealed class UpstreamFaultTests
{
    private const string Route = """
        {"match":{"path":"/printer/**"},"service":"printer","timeout":{"first_byte":"300ms","idle":"300ms"}}
        """;

    /// <summary>
    /// What comes back for a GET, before the server resets (R), ends (E) or is silent (S); what is behind <c>..</c>
    /// once the client has what is before it.
    /// </summary>
    public static TheoryData<string, string, char, string> Faults { get; } = new()
    {
        { "killed before its answer", "", 'R', "502 upstream-failed" },
        { "killed in its head", "HTTP/1.1 200 OK\r\nContent-Le", 'R', "502 upstream-failed" },
        { "killed in its body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", 'R', "cut 200" },
        { "ended without an answer", "", 'E', "502 upstream-failed" },
        { "hung", "", 'S', "504 upstream-timeout" },
        { "hung in its head", "HTTP/1.1 200 OK\r\n", 'S', "504 upstream-timeout" },
        { "hung in its body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", 'S', "cut 200" },
        { "shorter than it said", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", 'E', "cut 200" },
        { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 'S',
            "502 upstream-failed" },
        { "length and chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 'S',
            "502 upstream-failed" },
        { "a bad chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n..zz\r\n", 'S',
            "cut 200" },
        { "chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 'E',
            "cut 200" },
        { "101 that nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 'S',
            "502 upstream-failed" },
        { "status 099", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", 'S', "502 upstream-failed" },
        { "status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 'S', "502 upstream-failed" },
        { "no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", 'S', "502 upstream-failed" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Upstream_ThatFails_IsToldAsAProblemOrCutAndCounted(
        string fault, string answer, char then, string expected)
    {
        var (parts, seen) = (answer.Split(".."), new SemaphoreSlim(0));
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(parts[0]);
            if (parts.Length > 1)
            {
                await seen.WaitAsync(TestContext.Current.CancellationToken);
                await peer.WriteAsync(parts[1]);
            }

            switch (then)
            {
                case 'R':
                    peer.Reset();
                    break;
                case 'S':
                    await peer.ReadToEndAsync();
                    break;
            }
        });
        await using var server = await TestServer.StartAsync();
        var key = await RegisterAsync(server, upstream.Address);
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.GetAsync("/printer/x", $"{Keys.Bearer(key)}\r\nConnection: close\r\n");

        var begin = parts.Length > 1 ? await client.UntilAsync("hello") : "";
        seen.Release();
        Assert.Equal(expected, Outcome(client, begin + await client.ToEndAsync()));

        // A pause in an answer that has begun well says little: streams pause.
        var instance = await InstanceAsync(server, key);
        Assert.True(
            (int)instance["errors"]! == (fault == "hung in its body" ? 0 : 1), $"{fault}: {instance.ToJsonString()}");
    }

    [Fact]
    public async Task Circuit_OfAServerThatDiesAndComesBack_OpensAndClosesOverRealSockets()
    {
        var (isDead, time) = (true, new ManualTime(TestServer.Friday));
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            while (await peer.ReadHeadAsync() is not null)
            {
                if (Volatile.Read(ref isDead))
                {
                    peer.Reset();
                    return;
                }

                await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            }
        });
        await using var server = await TestServer.StartAsync(time: time);
        var key = await RegisterAsync(server, upstream.Address);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("502 upstream-failed", await VerdictAsync());
        }

        Assert.Equal("503 circuit-open", await VerdictAsync());
        Assert.Equal(10, upstream.Accepted);
        Assert.Equal("503 none-ready", await server.VerdictAsync(
            "GET", "/registry/pick/printer", null, Keys.Bearer(key)));
        Assert.Equal("open", (await InstanceAsync(server, key)).Text("circuit"));

        // Ten seconds later some are let in; one that fails shuts it again.
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("half-open", (await InstanceAsync(server, key)).Text("circuit"));
        string verdict;
        while ((verdict = await VerdictAsync()) != "502 upstream-failed")
        {
            Assert.Equal("503 circuit-open", verdict);
        }

        Assert.Equal("503 circuit-open", await VerdictAsync());
        Assert.Equal(11, upstream.Accepted);

        Volatile.Write(ref isDead, false);
        time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("200 -", await VerdictAsync());
        }

        Assert.Equal("closed", (await InstanceAsync(server, key)).Text("circuit"));

        Task<string> VerdictAsync() => server.VerdictAsync("GET", "/printer/x", null, Keys.Bearer(key));
    }

    private static async Task<string> RegisterAsync(TestServer server, Uri upstream)
    {
        var key = server.CreateAdminKey();
        await new RegistryCalls(server, key).RegisterAsync(
            "printer", "p1", ""","ttl":"24h" """, upstream.ToString().TrimEnd('/'));
        var (response, body) = await server.SendAsync(
            "PUT", "/gateway/routes/printer", RegistryCalls.Json(Route), Keys.Bearer(key));
        Assert.True(response.IsSuccessStatusCode, body);
        return key;
    }

    private static async Task<JsonNode> InstanceAsync(TestServer server, string key) =>
        JsonNode.Parse((await server.GetAsync("/gateway/status", Keys.Bearer(key))).Body)!["services"]!.AsArray()
            .Single(s => s!.Text("name") == "printer")!["instances"]![0]!;

    /// <summary>Status and problem; or <c>cut</c> and the status of an answer that never became whole.</summary>
    private static string Outcome(RawClient client, string answer)
    {
        var (status, end) = (answer[9..12], answer.IndexOf("\r\n\r\n", StringComparison.Ordinal));
        var body = answer[(end + 4)..];
        if (client.IsReset || !answer.Contains("/problems/", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("0\r\n\r\n", body);
            return "cut " + status;
        }

        var json = body[body.IndexOf('{')..(body.LastIndexOf('}') + 1)];
        return $"{status} {JsonNode.Parse(json)!.Text("type").Replace("/problems/", "")}";
    }
}
