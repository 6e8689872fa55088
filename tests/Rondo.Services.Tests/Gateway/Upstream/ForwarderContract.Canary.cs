using System.Net;
using System.Text;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>Many at once: nobody ever gets what is another's, whoever is cut off meanwhile.</content>
public abstract partial class ForwarderContract
{
    private const int Clients = 12;
    private const int RequestsOfEach = 120;

    [Fact]
    public async Task Canary_ManyClientsAndCutConnections_NeverCross()
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var rig = await StartAsync(upstream.Address);
        var answered = 0;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            var random = new Random(number);
            using var http = new HttpClient { BaseAddress = rig.Address, Timeout = Guard };
            for (var n = 0; n < RequestsOfEach; n++)
            {
                var id = $"{number}-{n}";
                switch (random.Next(6))
                {
                    case 0:
                        await LeaveAsync(rig.Address, id, random.Next(4000), !IsPlatforms && random.Next(2) == 0);
                        break;
                    case 1:
                        Assert.NotEqual(HttpStatusCode.OK, await CutAsync(http, id));
                        break;
                    case 2:
                        await AskAsync(http, id, null);
                        Interlocked.Increment(ref answered);
                        break;
                    default:
                        await AskAsync(http, id, Body(id, random.Next(40_000)));
                        Interlocked.Increment(ref answered);
                        break;
                }
            }
        }));

        Assert.InRange(answered, Clients * RequestsOfEach / 2, Clients * RequestsOfEach);
        Assert.False(rig.HasStrayed);
    }

    private static byte[] Body(string id, int length) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(id + ";", (length / (id.Length + 1)) + 1)));

    private static async Task AskAsync(HttpClient http, string id, byte[]? body)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Put, "/");
        request.Headers.Add("X-Id", id);
        request.Content = body is null ? null : new ByteArrayContent(body);
        if (body is not null && id.EndsWith('7'))
        {
            request.Headers.TransferEncodingChunked = true;
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(id, answer.Headers.GetValues("X-Id").Single());
        Assert.Equal(body ?? [], await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HttpStatusCode> CutAsync(HttpClient http, string id)
    {
        try
        {
            using var answer = await http.PostAsync(
                "/cut", new ByteArrayContent(Body(id, 100)), TestContext.Current.CancellationToken);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.BadGateway;
        }
    }

    private static async Task LeaveAsync(Uri server, string id, int length, bool seesAnswer)
    {
        using var client = await RawClient.ConnectAsync(server);
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: a\r\nX-Id: {id}\r\nContent-Length: 5000\r\n\r\n");
        await client.SendAsync(Body(id, 100 + length));
        if (seesAnswer)
        {
            await client.ReceiveAsync();
        }

        client.Reset();
    }
}
