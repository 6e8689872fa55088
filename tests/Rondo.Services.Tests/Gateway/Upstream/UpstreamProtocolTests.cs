using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>HTTP/2 on either side, and TLS to the upstream.</summary>
public sealed class UpstreamProtocolTests
{
    private static readonly DateTimeOffset s_begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_OfHttp2_IsServed(bool byYarp)
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var rig = await ForwarderRig.StartAsync(upstream.Address, isOnLoops: true, s => byYarp
            ? new YarpForwarder(ForwarderRig.YarpOf(s), TimeProvider.System, HttpVersion.Version11)
            : new LoopForwarder(TimeProvider.System));
        using var http = new HttpClient
        {
            BaseAddress = rig.AddressOfHttp2,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => EchoAsync(http, n, n * 3000)));
    }

    [Fact]
    public async Task Upstream_OfHttp2_IsServedByYarp()
    {
        await using var upstream = await EchoServer.StartAsync(HttpProtocols.Http2);
        await using var rig = await ForwarderRig.StartAsync(
            upstream.Address, isOnLoops: true,
            s => new YarpForwarder(ForwarderRig.YarpOf(s), TimeProvider.System, HttpVersion.Version20));
        using var http = new HttpClient { BaseAddress = rig.Address };

        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => EchoAsync(http, n, n * 3000)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upstream_OfTls_IsServedIfItIsTrusted(bool isOnLoops)
    {
        using var certificate = MakeCertificate();
        await using var upstream = await EchoServer.StartAsync(listen: l => l.UseHttps(certificate));
        var address = new UriBuilder(upstream.Address) { Scheme = "https", Host = "localhost" }.Uri;
        RemoteCertificateValidationCallback trusts = (_, shown, _, _) =>
            shown?.GetCertHashString() == certificate.GetCertHashString();
        await using var trusting = await ForwarderRig.StartAsync(
            address, isOnLoops, _ => new LoopForwarder(TimeProvider.System, trusts));
        await using var strict = await ForwarderRig.StartAsync(
            address, isOnLoops, _ => new LoopForwarder(TimeProvider.System));
        using var http = new HttpClient { BaseAddress = trusting.Address };

        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(n => EchoAsync(http, n, n * 20_000)));
        }

        Assert.InRange(trusting.Connections, 1, 5);
        using var answer = await http.GetAsync(strict.Address, Cancelled);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(ForwardOutcome.ConnectFailed, (await strict.ResultAsync()).Outcome);
        Assert.Equal(0, strict.Connections);
    }

    private static async Task EchoAsync(HttpClient http, int number, int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Version = http.DefaultRequestVersion;
        request.VersionPolicy = http.DefaultVersionPolicy;
        request.Headers.Add("X-Id", $"{number}");
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"{number}", answer.Headers.GetValues("X-Id").Single());
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(s_begin, s_begin.AddYears(10));
    }
}
