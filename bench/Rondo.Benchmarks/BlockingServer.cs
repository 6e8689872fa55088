using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;

namespace Rondo.Benchmarks;

/// <summary>A server whose handlers block, on stock Kestrel or on event loops; in a process of its own.</summary>
internal sealed class BlockingServer : IAsyncDisposable
{
    private const string Name = "CN=Rondo.Benchmarks";

    /// <summary>The protocol of a case: <c>HTTP/1.1</c>, <c>HTTP/2</c>, or over TLS.</summary>
    public static IReadOnlyList<string> Protocols { get; } = ["HTTP/1.1", "HTTP/2", "TLS HTTP/1.1", "TLS HTTP/2"];

    private readonly Process _process;

    private BlockingServer(Process process, int port, string protocol)
    {
        _process = process;
        Client = Connect(port, protocol);
        Stranger = Connect(port, protocol);
        Port = port;
    }

    public HttpClient Client { get; }

    /// <summary>With connections of its own.</summary>
    public HttpClient Stranger { get; }

    public int Port { get; }

    /// <param name="kind"><c>stock</c> or <c>loops</c>.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="upstream">The port of the server that its handlers call.</param>
    /// <param name="protocol">One of <see cref="Protocols"/>.</param>
    public static async Task<BlockingServer> StartAsync(
        string kind, int port, int upstream, string protocol = "HTTP/1.1")
    {
        string[] arguments =
            [Assembly.GetExecutingAssembly().Location, "blocking-child", kind, $"{port}", $"{upstream}", protocol];
        var server = new BlockingServer(Process.Start("dotnet", arguments), port, protocol);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await server.Client.GetStringAsync("/ping");
                return server;
            }
            catch (HttpRequestException) when (attempt < 500)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>The child's whole program.</summary>
    public static async Task RunAsync(string kind, string port, string upstream, string protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(
            IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), listen =>
            {
                listen.Protocols = IsHttp2(protocol) ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (IsTls(protocol))
                {
                    listen.UseHttps(MakeCertificate());
                }
            }));
        if (kind == "loops")
        {
            builder.WebHost.UseEventLoop();
        }

        var takeovers = 0L;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "rondo.transport.takeovers")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref takeovers, count));
        meters.Start();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{upstream}") };
        var app = builder.Build();
        app.MapGet("/ping", () => "pong");
        app.MapGet("/late", async () =>
        {
            await Task.Delay(50);
            return "late";
        });
        app.MapGet("/result", () => client.GetStringAsync("/late").Result);
        app.MapGet("/sleep", () =>
        {
            Thread.Sleep(1_000);
            return "slept";
        });
        app.MapGet("/threads", () => Process.GetCurrentProcess().Threads.Count.ToString(CultureInfo.InvariantCulture));
        app.MapGet("/takeovers", () => Volatile.Read(ref takeovers).ToString(CultureInfo.InvariantCulture));
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Stranger.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool IsHttp2(string protocol) => protocol.EndsWith('2');

    private static bool IsTls(string protocol) => protocol.StartsWith("TLS", StringComparison.Ordinal);

    private static HttpClient Connect(int port, string protocol) => new(new SocketsHttpHandler
    {
        // A connection has a hundred streams at most, and those who wait for one would be counted as the server's.
        EnableMultipleHttp2Connections = true,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.Subject == Name },
    })
    {
        BaseAddress = new Uri($"{(IsTls(protocol) ? "https" : "http")}://127.0.0.1:{port}"),
        DefaultRequestVersion = IsHttp2(protocol) ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name, key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
