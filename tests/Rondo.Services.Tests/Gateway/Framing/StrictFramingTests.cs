using System.Text;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>Replays docs/services/framing.md over raw sockets.</summary>
public sealed class StrictFramingTests
{
    private const string Good = "GET /good HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<string, bool> Ways { get; } = new()
    {
        { "auto", false }, { "auto", true }, { "sockets", false }, { "sockets", true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Refused_EveryRow_IsAnsweredAndClosedAndNotSeen(string transport, bool isInBytes)
    {
        await using var server = await FramingServer.StartAsync(transport);
        var wrong = new List<string>();
        foreach (var (request, status, _, isSeen) in FramingDocument.Refused)
        {
            var (answer, seen) = await server.SendAsync(request, isInBytes);

            // The body of a request whose head was seen has failed.
            var isAsSaid = seen.All.Count == (isSeen ? 1 : 0) && seen.All.All(r => r.Body is null);
            if (!answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) || !isAsSaid
                || !answer.Contains("Connection: close\r\n", StringComparison.Ordinal))
            {
                wrong.Add($"{request}: '{answer}', saw {string.Join("; ", seen.All)}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Refused_BehindAGoodRequest_IsAnsweredSecond(string transport, bool isInBytes)
    {
        await using var server = await FramingServer.StartAsync(transport);
        var wrong = new List<string>();
        foreach (var (request, status, _, isSeen) in FramingDocument.Refused)
        {
            var (answer, seen) = await server.SendAsync(Good + request + Good, isInBytes);
            if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
                || !answer[1..].Contains($"HTTP/1.1 {status} ", StringComparison.Ordinal)
                || seen.All.Count(r => r.Body is not null) != 1 || seen.All.Count != (isSeen ? 2 : 1))
            {
                wrong.Add($"{request}: '{answer}', saw {string.Join("; ", seen.All)}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Accepted_EveryRowTwice_IsSeenAsSent(string transport, bool isInBytes)
    {
        await using var server = await FramingServer.StartAsync(transport);
        foreach (var (request, body) in FramingDocument.Accepted)
        {
            var (answer, seen) = await server.SendAsync(request + request + Good, isInBytes, answers: 3);

            var hex = Convert.ToHexString(Encoding.Latin1.GetBytes(body));
            Assert.Equal([hex, hex, ""], seen.All.Select(r => r.Body));
            Assert.Equal(3, answer.Split("HTTP/1.1 200 ").Length - 1);
        }
    }

    [Fact]
    public void Refused_EveryRow_HasTheDoubtThatIsNamed()
    {
        var named = FramingDocument.Refused.Select(r => $"{r.Request} {r.Doubt}");
        var found = FramingDocument.Refused.Select(
            r => $"{r.Request} {BelievedRequests.Of(Encoding.Latin1.GetBytes(r.Request)).Doubt}");

        Assert.Equal(named, found);
        Assert.InRange(named.Distinct().Count(), 90, named.Count());
    }

    [Fact]
    public async Task Refused_ByTheWholeProgram_IsLoggedWithItsDoubt()
    {
        using var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Verbose = true }, logs: logs);

        var answer = await RawHttp.SendAsync(
            server.OwnAddress, "GET /convert/GBP/100 HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n");

        Assert.Equal(400, answer.Status);
        Assert.Contains("127.0.0.1", await logs.WaitForAsync("was refused: ContentLength"));
    }
}
