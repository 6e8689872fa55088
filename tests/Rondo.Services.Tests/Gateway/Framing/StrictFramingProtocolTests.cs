using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>Where the check is not the last word: upgrades, HTTP/2, and below TLS.</summary>
public sealed class StrictFramingProtocolTests
{
    private const string Upgrade = " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Upgrade_Accepted_PassesWhatIsNoRequest(string transport)
    {
        await using var server = await FramingServer.StartAsync(transport, EchoUpgradedAsync);
        const string other = "\n\0\r Content-Length: x\n\n";

        // Some of it comes along with the request.
        var (answer, _) = await server.SendAsync("GET /up" + Upgrade + other + other);

        Assert.StartsWith("HTTP/1.1 101 ", answer);
        Assert.EndsWith("\r\n\r\n" + other + other, answer);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Upgrade_NotAccepted_IsFollowedByWhatIsJudged(string transport)
    {
        await using var server = await FramingServer.StartAsync(transport);

        var (answer, seen) = await server.SendAsync("GET /no" + Upgrade + "GET /no" + Upgrade + "GET / HTTP/1.1\n\n");

        Assert.Equal(2, answer.Split("HTTP/1.1 200 ").Length - 1);
        Assert.Contains("HTTP/1.1 400 ", answer);
        Assert.Equal(2, seen.All.Count);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Http2_WithPriorKnowledge_IsLeftAlone(string transport)
    {
        await using var server = await FramingServer.StartAsync(
            transport, EchoBodyAsync, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        using var client = new HttpClient { Timeout = s_limit };

        Assert.Equal("HTTP/2 a\nb\0", await PostAsync(client, server.Address, HttpVersion.Version20));
    }

    [Theory]
    [InlineData("auto", 1)]
    [InlineData("auto", 2)]
    [InlineData("sockets", 1)]
    [InlineData("sockets", 2)]
    public async Task Tls_BothProtocols_AreCheckedInPlainText(string transport, int version)
    {
        using var certificate = Certificate();
        await using var server = await FramingServer.StartAsync(
            transport, EchoBodyAsync, endpoint => endpoint.UseHttps(certificate));
        using var client = new HttpClient(TrustingHandler()) { Timeout = s_limit };

        var answer = await PostAsync(
            client, server.Address, version == 1 ? HttpVersion.Version11 : HttpVersion.Version20);

        Assert.Equal(version == 1 ? "HTTP/1.1 a\nb\0" : "HTTP/2 a\nb\0", answer);
        Assert.StartsWith("HTTP/1.1 400 ", await SendByTlsAsync(server.Address, "GET / HTTP/1.1\nHost: x\r\n\r\n"));
    }

    private static async Task<string> PostAsync(HttpClient client, Uri address, Version version)
    {
        // No length: in HTTP/1.1 that is chunked.
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("a\nb\0"),
        };
        request.Headers.TransferEncodingChunked = version == HttpVersion.Version11;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> SendByTlsAsync(Uri address, string request)
    {
        using var limit = new CancellationTokenSource(s_limit);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(Trusting(), limit.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var answer = new byte[4096];
        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, limit.Token));
    }

    private static async Task EchoBodyAsync(HttpContext context)
    {
        await context.Response.WriteAsync(context.Request.Protocol + " ");
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    private static async Task EchoUpgradedAsync(HttpContext context)
    {
        await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
        var buffer = new byte[46];
        await stream.ReadExactlyAsync(buffer, context.RequestAborted);
        await stream.WriteAsync(buffer, context.RequestAborted);
    }

    private static SocketsHttpHandler TrustingHandler() => new() { SslOptions = Trusting() };

    // The certificate is made for the test.
#pragma warning disable CA5359
    private static SslClientAuthenticationOptions Trusting() => new()
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };
#pragma warning restore CA5359

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
