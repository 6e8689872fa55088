using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Rondo.Transport.Tests.Contract;

/// <content>Requests and answers of every shape.</content>
public abstract partial class TransportContract
{
    private const int Megabyte = 1 << 20;

    [Fact(Timeout = Limit)]
    public async Task KeepAlive_ManyRequests_OneConnection()
    {
        var ids = new HashSet<string>();
        await using var server = await StartAsync(context =>
        {
            ids.Add(context.Connection.Id);
            return Hello(context);
        });
        using var client = await server.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("hello", await client.ReadAnswerAsync());
        }

        Assert.Single(ids);
    }

    [Fact(Timeout = Limit)]
    public async Task Pipelining_FiftyRequests_AnsweredInOrder()
    {
        await using var server = await StartAsync(c => c.Response.WriteAsync(c.Request.Query["n"]!));
        using var client = await server.ConnectAsync();
        var numbers = Enumerable.Range(0, 50).Select(n => n.ToString(CultureInfo.InvariantCulture)).ToList();
        await client.SendAsync(string.Concat(numbers.Select(n => $"GET /?n={n} HTTP/1.1\r\nHost: test\r\n\r\n")));
        foreach (var number in numbers)
        {
            Assert.Equal(number, await client.ReadAnswerAsync());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Request_ByteByByte_Answered()
    {
        await using var server = await StartAsync(Echo);
        using var client = await server.ConnectAsync();
        foreach (var letter in "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\nslow writer")
        {
            await client.SendAsync(letter.ToString());
            await Task.Yield();
        }

        Assert.Equal("slow writer", await client.ReadAnswerAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(300_000)]
    public async Task Body_OfEitherFraming_ComesBack(int size)
    {
        await using var server = await StartAsync(Echo);
        using var client = new HttpClient { BaseAddress = server.Url };
        var body = RandomNumberGenerator.GetBytes(size);
        foreach (var isChunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = isChunked;
            using var answer = await client.SendAsync(request, Token);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Upload_OfHundredMegabytes_ArrivesWholeInBoundedMemory()
    {
        var peak = 0L;
        await using var server = await StartAsync(async context =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                peak = Math.Max(peak, GC.GetTotalMemory(false));
            }

            await context.Response.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()));
        });
        using var client = new HttpClient { BaseAddress = server.Url };
        var before = GC.GetTotalMemory(true);
        using var content = new StreamContent(new PatternStream(100 * Megabyte));
        using var answer = await client.PostAsync("/", content, Token);

        Assert.Equal(PatternStream.Hash(100 * Megabyte), await answer.Content.ReadAsStringAsync(Token));
        Assert.InRange(peak - before, long.MinValue, 32 * Megabyte);
    }

    [Fact(Timeout = Limit)]
    public async Task Download_OfHundredMegabytes_ArrivesWholeInBoundedMemory()
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.ContentLength = 100 * Megabyte;
            await new PatternStream(100 * Megabyte).CopyToAsync(context.Response.Body);
        });
        using var client = new HttpClient { BaseAddress = server.Url };
        var before = GC.GetTotalMemory(true);
        await using var answer = await client.GetStreamAsync("/", Token);
        var hash = await SHA256.HashDataAsync(answer, Token);

        Assert.Equal(PatternStream.Hash(100 * Megabyte), Convert.ToHexString(hash));
        Assert.InRange(GC.GetTotalMemory(false) - before, long.MinValue, 32 * Megabyte);
    }

    [Fact(Timeout = Limit)]
    public async Task Answer_OfOneHugeWrite_ArrivesWhole()
    {
        var body = RandomNumberGenerator.GetBytes(20 * Megabyte);
        await using var server = await StartAsync(c => c.Response.Body.WriteAsync(body).AsTask());
        using var client = new HttpClient { BaseAddress = server.Url };

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await client.GetByteArrayAsync("/", Token)));
    }

    [Fact(Timeout = Limit)]
    public async Task WebSockets_HundredAtOnce_EchoEveryMessage()
    {
        await using var server = await StartAsync(EchoMessages);
        var url = new UriBuilder(server.Url) { Scheme = "ws" }.Uri;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(url, Token);
            var received = new byte[64 * 1024];
            for (var i = 0; i < 20; i++)
            {
                var sent = RandomNumberGenerator.GetBytes(5 + (i * 3000));
                await socket.SendAsync(sent, WebSocketMessageType.Binary, true, Token);
                var count = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(received.AsMemory(count), Token);
                    count += result.Count;
                }
                while (!result.EndOfMessage);

                Assert.Equal(sent, received[..count]);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        }));
        AssertNoErrors(server);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_WrittenFromAnotherThread_Arrives(bool isFlushedByEach)
    {
        await using var server = await StartAsync(context => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await context.Response.WriteAsync($"{i:0000}").ConfigureAwait(false);
                if (isFlushedByEach)
                {
                    await context.Response.Body.FlushAsync().ConfigureAwait(false);
                }
            }
        }));
        using var client = new HttpClient { BaseAddress = server.Url };
        var expected = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i:0000}"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync("/", Token)));

        Assert.All(answers, a => Assert.Equal(expected, a));
        AssertNoErrors(server);
    }

    private static async Task EchoMessages(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
        }
    }

    /// <summary>Many bytes that need no memory.</summary>
    private sealed class PatternStream(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public static string Hash(long length) => Convert.ToHexString(SHA256.HashData(new PatternStream(length)));

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, length - _position);
            for (var i = 0; i < count; i++)
            {
                var at = _position + i;
                buffer[offset + i] = (byte)(at ^ (at >> 8) ^ (at >> 16));
            }

            _position += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
