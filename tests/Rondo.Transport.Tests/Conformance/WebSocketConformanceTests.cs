using System.Text;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>
/// A WebSocket that keeps or breaks the protocol sees the same bytes as on the platform's sockets, up to the end of the
/// connection; the last words that a reset takes away there may arrive here.
/// </summary>
public sealed class WebSocketConformanceTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private const int MostAttempts = 50;

    private static readonly byte[] s_upgrade = Encoding.ASCII.GetBytes(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    public static TheoryData<string> Names => [.. WebSocketCases.All.Keys];

    // Nobody sends more than this in single bytes.
    public static TheoryData<string> ShortNames =>
        [.. WebSocketCases.All.Where(c => c.Value.Length < 10_000).Select(c => c.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Frames_AtOnce_MeetTheSameVerdict(string name) => await CompareAsync(name, isBytewise: false);

    [Theory]
    [MemberData(nameof(ShortNames))]
    public async Task Frames_ByteByByte_MeetTheSameVerdict(string name) => await CompareAsync(name, isBytewise: true);

    /// <summary>What is compared is what was meant: an echo or none, then the code of the end.</summary>
    [Theory]
    [InlineData("text", "\x81\x05hello\x88\x02\x03\xe8")]
    [InlineData("text in three", "\x01\x02he\0\x02ll\x80\x01o\x88\x02\x03\xe8")]
    [InlineData("ping", "\x8a\x02hi\x88\x02\x03\xe8")]
    [InlineData("unmasked", "\x88\x02\x03\xea")]
    [InlineData("reserved code 3", "\x88\x02\x03\xea")]
    [InlineData("ping in fragments", "\x88\x02\x03\xea")]
    [InlineData("continuation of nothing", "\x88\x02\x03\xea")]
    [InlineData("close 3000", "\x88\x02\x0b\xb8")]
    public async Task Frames_OfATypicalKind_AreTakenAsMeant(string name, string expected)
    {
        var verdict = "";
        for (var attempt = 0; verdict != expected && attempt < MostAttempts; attempt++)
        {
            verdict = Encoding.Latin1.GetString(
                await VerdictAsync(servers.At(Port.Http1).Loops, WebSocketCases.All[name], isBytewise: false));
        }

        Assert.Equal(expected, verdict);
    }

    private async Task CompareAsync(string name, bool isBytewise)
    {
        var (stock, loops) = servers.At(Port.Http1);
        for (var attempt = 0; ; attempt++)
        {
            var verdicts = await Task.WhenAll(
                VerdictAsync(stock, WebSocketCases.All[name], isBytewise),
                VerdictAsync(loops, WebSocketCases.All[name], isBytewise));
            if (verdicts[1].AsSpan().StartsWith(verdicts[0]))
            {
                return;
            }

            // A server that has seen enough does not read what still comes, so a reset may overtake its last words.
            Assert.True(verdicts[0].AsSpan().StartsWith(verdicts[1]), Convert.ToHexString(verdicts[1]));
            Assert.True(attempt < MostAttempts, $"Never said: {Convert.ToHexString(verdicts[0])}");
        }
    }

    private static async Task<byte[]> VerdictAsync(EndPoint server, byte[] frames, bool isBytewise)
    {
        var answer = await Conversation.RunAsync(
            server, [s_upgrade, frames, WebSocketCases.Last], isBytewise, takesTurns: true);
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.StartsWith("HTTP/1.1 101 ", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
        return answer[(head + 4)..];
    }
}
