using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

/// <summary>Replays the tables of bad input in docs/services/chat.md.</summary>
public sealed partial class ChatTablesTests
{
    private static readonly ServiceDocument Document = new("chat");

    // By what the table calls them.
    private static readonly Dictionary<string, Func<RawWebSocket, Task>> Broken = new()
    {
        ["not UTF-8"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [0xFF, 0xFE])),
        ["a character in two pieces"] = async s =>
        {
            var frame = Encoding.UTF8.GetBytes("""{"type":"send","text":"é"}""");
            var half = Array.IndexOf(frame, (byte)0xA9);
            await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, frame[..half], isLast: false));
            await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Continuation, frame[half..]));
        },
        ["half a character in two pieces"] = async s =>
        {
            await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [0xC3], isLast: false));
            await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Continuation, [0x41]));
        },
        ["surrogates as bytes"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [0xED, 0xA0, 0x80])),
        ["binary"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Binary, [1, 2, 3])),
        ["100 kB in one frame"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, new byte[100_000])),
        ["1 GB in fragments"] = async s =>
        {
            await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, new byte[16_000], isLast: false));
            for (var sent = 16_000; sent < 160_000; sent += 16_000)
            {
                await s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Continuation, new byte[16_000], isLast: false));
            }
        },
        ["a frame that declares 2^62 bytes"] =
            s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [], declared: 1UL << 62)),
        ["compressed"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [1], reserved: 4)),
        ["a reserved bit"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, [1], reserved: 2)),
        ["not masked"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Text, "{}"u8.ToArray(), isMasked: false)),
        ["a continuation first"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Continuation, [1])),
        ["opcode 3"] = s => s.WriteAsync(RawWebSocket.Frame(3, [])),
        ["a ping of 126 bytes"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Ping, new byte[126])),
        ["a ping in fragments"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Ping, [1], isLast: false)),
        ["a close of one byte"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Close, [3])),
        ["a close with code 1005"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Close, [3, 0xED])),
        ["a close without a code"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Close, [])),
        ["a ping"] = s => s.WriteAsync(RawWebSocket.Frame(RawWebSocket.Ping, [7])),
        ["five bad frames"] = async s =>
        {
            for (var i = 0; i < 5; i++)
            {
                await s.WriteAsync(RawWebSocket.TextFrame("nonsense"));
            }
        },
        ["the end of the connection"] = s =>
        {
            s.EndWriting();
            return Task.CompletedTask;
        },
    };

    [Fact]
    public async Task BadFrames_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad frames"))
        {
            using var client = await ChatClient.HelloAsync(server.Address);
            await client.UntilAsync("live");
            await client.SendAsync(Expand(row[0]));
            var seen = new List<string>();
            while (seen.Count < row[1].Split(", ").Length)
            {
                var frame = await client.ReadAsync();
                if (frame is null || ChatClient.TypeOf(frame) is not "message")
                {
                    seen.Add(frame is null ? "closed"
                        : ChatClient.TypeOf(frame) is "error" ? frame["code"]!.GetValue<string>()
                        : ChatClient.TypeOf(frame));
                }
            }

            if (string.Join(", ", seen) is var answer && answer != row[1])
            {
                wrong.Add($"{row[0]}: {answer}, not {row[1]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task BrokenWebSockets_EveryRow_IsAnsweredAsWritten(string transport)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Transport = transport });
        var wrong = new List<string>();
        var rows = Document.Table("Broken WebSockets").ToList();
        Assert.Equal(Broken.Keys.Order(), rows.Select(r => r[0]).Order());
        foreach (var row in rows)
        {
            using var socket = await RawWebSocket.ConnectAsync(server.Address, "/chat/ws");
            await socket.WriteAsync(RawWebSocket.TextFrame("""{"type":"hello"}"""));
            while (!(await socket.ReadTextAsync()).Contains("\"live\"", StringComparison.Ordinal))
            {
            }

            await Broken[row[0]](socket);
            if (await VerdictAsync(socket, row[1]) is var verdict && verdict != row[1])
            {
                wrong.Add($"{row[0]}: {verdict}, not {row[1]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task BadText_EveryRow_IsShownAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad text"))
        {
            var (_, said) = await server.SendAsync(
                "POST", "/a/message/new", new FormUrlEncodedContent([new("body", Expand(row[0]))]));
            var html = JsonNode.Parse(said)!["html"]!.GetValue<string>();
            if (html[(html.IndexOf('>') + 1)..^"</div>\n".Length] is var shown && shown != Expand(row[1]))
            {
                wrong.Add($"{row[0]}: {shown}, not {row[1]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task BadRequests_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad requests"))
        {
            var parts = Expand(row[0]).Split(" «");
            var body = parts.Length == 1 ? "" : parts[1][..^1];
            var answer = await RawHttp.SendAsync(
                server.Address,
                $"{parts[0]} HTTP/1.1\r\nHost: rondo\r\nCookie: rondo_guest={new string('a', 32)}\r\n"
                    + "Content-Type: application/json\r\n"
                    + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
            var type = answer.Body.StartsWith('{')
                ? JsonNode.Parse(answer.Body)!["type"]!.GetValue<string>().Replace("/problems/", "")
                : "none";
            if ($"{answer.Status} {type}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void BadSituations_EveryRow_HasItsTest()
    {
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => TestName().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet();

        Assert.All(Document.Table("Bad situations"), row => Assert.Contains(row[2], tests));
    }

    private static async Task<string> VerdictAsync(RawWebSocket socket, string expected)
    {
        while (await socket.ReadAsync() is var (opcode, payload))
        {
            var text = Encoding.UTF8.GetString(payload);
            if (opcode == RawWebSocket.Close)
            {
                return $"closes {(payload.Length == 0 ? 1005 : (payload[0] << 8) | payload[1])}";
            }

            if (opcode == RawWebSocket.Pong)
            {
                return "says pong";
            }

            if (text.Contains("\"ack\"", StringComparison.Ordinal))
            {
                return "acks";
            }

            // The one that closes is preceded by those that only say so.
            if (text.Contains("\"error\"", StringComparison.Ordinal) && !expected.StartsWith("closes", StringComparison.Ordinal))
            {
                return "says " + JsonNode.Parse(text)!["code"]!.GetValue<string>();
            }
        }

        return "hangs up";
    }

    private static string Expand(string text)
    {
        text = Repeated().Replace(text, m =>
            string.Concat(Enumerable.Repeat(m.Groups[1].Value, int.Parse(m.Groups[2].Value, null))));
        return Escaped().Replace(text, m => m.Groups[1].Value == "\\"
            ? "\\"
            : ((char)int.Parse(m.Groups[1].Value.AsSpan(1), NumberStyles.HexNumber, null)).ToString());
    }

    [GeneratedRegex(@"\{((?:[^{}*""]|\{""."":|\})+)\*(\d+)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\\(\\|u[0-9A-Fa-f]{4})")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();
}
