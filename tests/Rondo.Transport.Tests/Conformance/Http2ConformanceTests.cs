using System.Buffers.Binary;
using System.Text;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>
/// Hostile frames meet the verdict that they meet on the platform's sockets: which GOAWAY, which streams are reset and
/// why, and whether a proper request that follows is answered or the connection closed.
/// </summary>
public sealed class Http2ConformanceTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private const uint Last = 999;
    private const string Open = "the last one is answered";
    private const string Refused = "the last one is refused";
    private const string Closed = "closed";

    private static readonly byte[] s_last = Http2Frames.Frame(
        Http2Frames.Headers, Http2Frames.EndHeaders | Http2Frames.EndStream, Last, Http2Frames.Get);

    public static TheoryData<string> Names => [.. Http2Cases.All.Keys];

    public static TheoryData<string> Floods => [.. Http2Cases.Floods.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Frames_AtOnce_MeetTheSameVerdict(string name) => await CompareAsync(name, isBytewise: false);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Frames_ByteByByte_MeetTheSameVerdict(string name) => await CompareAsync(name, isBytewise: true);

    /// <summary>What is compared is what was meant.</summary>
    [Theory]
    [InlineData("nothing wrong", Open)]
    [InlineData("unknown type", Open)]
    [InlineData("wrong preface", "GOAWAY 0: 1", Closed)]
    [InlineData("CONTINUATION without HEADERS", "GOAWAY 0: 1", Closed)]
    [InlineData("oversize DATA", "GOAWAY 1: 6", Closed)]
    [InlineData("WINDOW_UPDATE beyond the limit", "GOAWAY 0: 3", Closed)]
    [InlineData("index beyond the table", "GOAWAY 1: 9", Closed)]
    [InlineData("DATA on an idle stream", "GOAWAY 0: 1", Closed)]
    public async Task Frames_OfATypicalKind_AreTakenAsMeant(string name, params string[] verdict) =>
        Assert.Equal(verdict, await VerdictAsync(servers.At(Port.Http2).Loops, Http2Cases.All[name], false));

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Flood_OnEitherTransport_IsStoodOrEndsItsConnectionOnly(string name)
    {
        var (stock, loops) = servers.At(Port.Http2);
        foreach (var server in (EndPoint[])[stock, loops])
        {
            var verdict = await VerdictAsync(server, Http2Cases.Floods[name], false);
            Assert.True(verdict[^1] is Open or Refused or Closed);
            Assert.Equal([Open], await VerdictAsync(server, Http2Cases.All["nothing wrong"], false));
        }
    }

    [Fact]
    public async Task Farewell_WithAnyReason_ClosesTheConnection()
    {
        var (stock, loops) = servers.At(Port.Http2);
        foreach (var reason in Enumerable.Range(0, 15))
        {
            foreach (var server in (EndPoint[])[stock, loops])
            {
                var answer = await Conversation.RunAsync(server, [Http2Cases.Farewell((uint)reason)], reason % 2 == 0);
                Assert.Contains(Http2Frames.Read(answer), f => f.Type == Http2Frames.Ping);
            }
        }
    }

    private async Task CompareAsync(string name, bool isBytewise)
    {
        var (stock, loops) = servers.At(Port.Http2);
        var verdicts = await Task.WhenAll(
            VerdictAsync(stock, Http2Cases.All[name], isBytewise),
            VerdictAsync(loops, Http2Cases.All[name], isBytewise));

        Assert.Equal(verdicts[0], verdicts[1]);
    }

    private static async Task<string[]> VerdictAsync(EndPoint server, byte[] frames, bool isBytewise)
    {
        // Streams are served side by side: the last one may be answered before one of them.
        var awaited = Http2Frames.EndedIn(frames).Append(Last).ToHashSet();
        var answer = await Conversation.RunAsync(
            server, [frames, s_last], isBytewise, isOver: b => awaited.IsSubsetOf(Http2Frames.OverIn(b)));
        if (answer is [(byte)'H', (byte)'T', ..])
        {
            return [Encoding.Latin1.GetString(answer)];
        }

        return
        [
            .. Http2Frames.Read(answer).Select(f => f.Type switch
            {
                Http2Frames.GoAway => $"GOAWAY {Number(f.Payload, 0)}: {Number(f.Payload, 4)}",
                Http2Frames.ResetStream => $"RST_STREAM {f.Stream}: {Number(f.Payload, 0)}",
                Http2Frames.Ping => $"PING {f.Flags}",
                _ => "",
            }).Where(line => line.Length > 0).Distinct().Order(StringComparer.Ordinal),
            IsLastAnswered(answer) ? Open : IsLastReset(answer) ? Refused : Closed,
        ];
    }

    private static uint Number(ReadOnlyMemory<byte> payload, int at) =>
        BinaryPrimitives.ReadUInt32BigEndian(payload.Span[at..]);

    private static bool IsLastAnswered(ReadOnlyMemory<byte> answer) => Http2Frames.Read(answer)
        .Any(f => f.Type == Http2Frames.Data && f.Stream == Last && (f.Flags & Http2Frames.EndStream) != 0);

    private static bool IsLastReset(ReadOnlyMemory<byte> answer) => Http2Frames.Read(answer)
        .Any(f => f.Type == Http2Frames.ResetStream && f.Stream == Last);
}
