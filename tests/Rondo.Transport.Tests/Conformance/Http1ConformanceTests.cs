using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>
/// Every answer to a malformed request is the one that the platform's sockets give, to the byte but for the date, and
/// so is whether the connection goes on: a proper request follows each, and asks for the end.
/// </summary>
public sealed partial class Http1ConformanceTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private static readonly byte[] s_last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray();

    public static TheoryData<string> Names => [.. Http1Cases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_AtOnce_MeetsTheSameVerdict(string name) =>
        await CompareAsync(Port.Http1, [Http1Cases.All[name], s_last]);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_ByteByByte_MeetsTheSameVerdict(string name) =>
        await CompareAsync(Port.Http1, [Http1Cases.All[name], s_last], isBytewise: true);

    /// <summary>What is compared is what was meant: answered and open, or refused and closed.</summary>
    [Theory]
    [InlineData("plain", "HTTP/1.1 200 ", "GET /last 0")]
    [InlineData("unread body", "HTTP/1.1 200 ", "GET /last 0")]
    [InlineData("two hosts", "HTTP/1.1 400 ", "Connection: close\r\nServer: Kestrel\r\n\r\n")]
    [InlineData("two lengths", "HTTP/1.1 400 ", "Connection: close\r\nServer: Kestrel\r\n\r\n")]
    [InlineData("line too long", "HTTP/1.1 414 ", "Connection: close\r\nServer: Kestrel\r\n\r\n")]
    [InlineData("a long one", "HTTP/1.1 431 ", "Connection: close\r\nServer: Kestrel\r\n\r\n")]
    [InlineData("HTTP/2.0", "HTTP/1.1 505 ", "Connection: close\r\nServer: Kestrel\r\n\r\n")]
    public async Task Request_OfATypicalKind_IsAnsweredAsMeant(string name, string begin, string end)
    {
        var verdict = Verdict(await Conversation.RunAsync(
            servers.At(Port.Http1).Loops, [Http1Cases.All[name], s_last], isBytewise: false));

        Assert.StartsWith(begin, verdict, StringComparison.Ordinal);
        Assert.EndsWith(end, verdict, StringComparison.Ordinal);
    }

    /// <summary>
    /// The client ends its side after each of these, which are never complete. Whether the refusal gets out before the
    /// server sees that end is a race on either transport.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("GET")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nhi")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    public async Task Request_CutOff_IsRefusedOrMeetsTheEnd(string text)
    {
        var (stock, loops) = servers.At(Port.Http1);
        foreach (var (server, isBytewise) in new[] { (stock, false), (loops, false), (stock, true), (loops, true) })
        {
            var verdict = Verdict(await Conversation.RunAsync(
                server, [Encoding.Latin1.GetBytes(text)], isBytewise, endsSending: true));
            Assert.True(verdict is "" || verdict.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), verdict);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("nonsense, and more than enough of it for the first five bytes of a record")]
    [InlineData("\x16\x03\x01\0\x05\x01\0\0\x01\0")]
    [InlineData("\x16\x03\x01\xff\xff\x01\0\xff\xfb\x03\x03")]
    public async Task Tls_OnWhatIsNotTls_MeetsTheSameVerdict(string text)
    {
        await CompareAsync(Port.Tls, [Encoding.Latin1.GetBytes(text)], endsSending: true);
        await CompareAsync(Port.Tls, [Encoding.Latin1.GetBytes(text)], isBytewise: true, endsSending: true);
    }

    private async Task CompareAsync(
        Port port, IReadOnlyList<byte[]> parts, bool isBytewise = false, bool endsSending = false)
    {
        var (stock, loops) = servers.At(port);
        var answers = await Task.WhenAll(
            Conversation.RunAsync(stock, parts, isBytewise, endsSending: endsSending),
            Conversation.RunAsync(loops, parts, isBytewise, endsSending: endsSending));

        Assert.Equal(Verdict(answers[0]), Verdict(answers[1]));
    }

    private static string Verdict(byte[] answer) => Chance().Replace(Encoding.Latin1.GetString(answer), "");

    // Whether a client is told to go on depends on how much of its body is there already.
    [GeneratedRegex("Date: [^\r]*\r\n|HTTP/1.1 100 Continue\r\n\r\n")]
    private static partial Regex Chance();
}
