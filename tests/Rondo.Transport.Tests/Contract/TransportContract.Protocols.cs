using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>What runs above: TLS and HTTP/2.</content>
public abstract partial class TransportContract
{
    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Tls_WithEitherVersion_Answers(int version)
    {
        var certificate = TestCertificate.Shared;
        await using var server = await StartAsync(Echo, listen: o => o.UseHttps(certificate));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) =>
                    presented!.GetCertHashString() == certificate.GetCertHashString(),
            },
        };
        await EchoManyAsync(server, handler, new Version(version, version == 1 ? 1 : 0));
        AssertNoErrors(server);
    }

    [Fact(Timeout = Limit)]
    public async Task Http2_WithPriorKnowledge_Answers()
    {
        await using var server = await StartAsync(Echo, listen: o => o.Protocols = HttpProtocols.Http2);
        using var handler = new SocketsHttpHandler();
        await EchoManyAsync(server, handler, new Version(2, 0));
        AssertNoErrors(server);
    }

    private static async Task EchoManyAsync(TestServer server, SocketsHttpHandler handler, Version version)
    {
        using var client = new HttpClient(handler)
        {
            BaseAddress = server.Url,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            // Together less than a connection's window: an echo reads no more while nobody takes its answers.
            var body = RandomNumberGenerator.GetBytes(n * 1000);
            using var answer = await client.PostAsync("/", new ByteArrayContent(body), Token);
            Assert.Equal(version, answer.Version);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        }));
    }
}
