using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace SoakProgram;

/// <summary>
/// What is sent in one round, over connections that end with it. Each exchange checks every byte of its answers, and
/// fails if one is wrong or missing.
/// </summary>
internal sealed partial class Traffic : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly ServerUnderTest _server;
    private readonly HttpClient _plain;
    private readonly HttpClient _plainHttp2;
    private readonly HttpClient _tls;
    private readonly HttpClient _tlsHttp2;

    public Traffic(ServerUnderTest server)
    {
        _server = server;
        _plain = Client(server.Plain, HttpVersion.Version11);
        _plainHttp2 = Client(server.PlainHttp2, HttpVersion.Version20);
        _tls = Client(server.Tls, HttpVersion.Version11);
        _tlsHttp2 = Client(server.Tls, HttpVersion.Version20);
        Exchanges =
        [
            new("HTTP/1.1 keep-alive", 8, r => GetAsync(_plain, "bytes", r, 2_000)),
            new("HTTP/1.1 close", 4, CloseAsync),
            new("pipelined", 2, PipelinedAsync),
            new("HTTP/2", 4, r => ManyAsync(_plainHttp2, r)),
            new("TLS HTTP/1.1", 4, r => GetAsync(_tls, "bytes", r, 20_000)),
            new("TLS HTTP/2", 4, r => ManyAsync(_tlsHttp2, r)),
            new("WebSocket", 2, EchoAsync),
            new("upload", 1, r => UploadAsync(Any(r), r)),
            new("download", 1, r => GetAsync(Any(r), "bytes", r, 4 * Megabyte)),
            new("chunked answer", 4, r => GetAsync(Any(r), "chunks", r, 200_000)),
            new("slow reader", 1, ReadSlowlyAsync),
            new("disconnect or reset", 4, LeaveAsync),
            new("handler that waits", 2, r => ExpectAsync(Any(r), $"/late/{r.Next(30)}", "late")),
            new("handler that blocks", 1, r => ExpectAsync(Any(r), $"/block/{r.Next(30)}", "blocked")),
        ];
    }

    public IReadOnlyList<Exchange> Exchanges { get; }

    public void Dispose()
    {
        _plain.Dispose();
        _plainHttp2.Dispose();
        _tls.Dispose();
        _tlsHttp2.Dispose();
    }

    private static async Task<long> GetAsync(HttpClient client, string path, Random random, int most)
    {
        var (seed, count) = (random.Next(1000), random.Next(most));
        await using var answer = await client.GetStreamAsync($"/{path}/{seed}/{count}");
        var block = new byte[16 * 1024];
        var from = 0L;
        while (await answer.ReadAsync(block) is var read and > 0)
        {
            Pattern.Check(seed, from, block.AsSpan(0, read));
            from += read;
        }

        return from == count ? from : throw new WrongAnswerException($"{from} bytes of {count} came.");
    }

    private static async Task<long> ManyAsync(HttpClient client, Random random)
    {
        var seeds = Enumerable.Range(0, 8).Select(_ => new Random(random.Next()));
        return (await Task.WhenAll(seeds.Select(r => GetAsync(client, "bytes", r, 40_000)))).Sum();
    }

    private static async Task<long> UploadAsync(HttpClient client, Random random)
    {
        var body = Pattern.Make(random.Next(1000), random.Next(4 * Megabyte));
        using var answer = await client.PostAsync("/hash", new ByteArrayContent(body));
        var hash = await answer.Content.ReadAsStringAsync();
        return hash == Convert.ToHexString(SHA256.HashData(body))
            ? body.Length
            : throw new WrongAnswerException($"The hash of {body.Length} bytes is {answer.StatusCode} {hash}.");
    }

    private static async Task<long> ExpectAsync(HttpClient client, string path, string expected)
    {
        var answer = await client.GetStringAsync(path);
        return answer == expected ? answer.Length : throw new WrongAnswerException($"{path} says {answer}.");
    }

    private async Task<long> EchoAsync(Random random)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{_server.Plain.Authority}/echo"), CancellationToken.None);
        var total = 0L;
        for (var i = 0; i < 10; i++)
        {
            var (seed, count) = (random.Next(1000), random.Next(1, 60_000));
            var sending = socket.SendAsync(
                Pattern.Make(seed, count), WebSocketMessageType.Binary, true, CancellationToken.None);
            var block = new byte[count + 1];
            var got = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(block.AsMemory(got), CancellationToken.None);
                got += part.Count;
            }
            while (!part.EndOfMessage);

            await sending;
            Pattern.Check(seed, 0, block.AsSpan(0, got));
            total += got == count ? got : throw new WrongAnswerException($"{got} bytes of {count} came back.");
        }

        // Now and then it leaves without a word.
        if (random.Next(4) > 0)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        return total;
    }

    private HttpClient Any(Random random) => random.Next(4) switch
    {
        0 => _plain,
        1 => _plainHttp2,
        2 => _tls,
        _ => _tlsHttp2,
    };

    private HttpClient Client(Uri address, Version version) => new(new SocketsHttpHandler
    {
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
                presented!.GetCertHashString() == _server.Certificate,
        },
    })
    {
        BaseAddress = address,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromMinutes(2),
    };
}

/// <summary>One kind of traffic.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Weight">How often it comes, against the others.</param>
/// <param name="RunAsync">Does it once, and returns how many bytes of answers were checked.</param>
internal sealed record Exchange(string Name, int Weight, Func<Random, Task<long>> RunAsync);
