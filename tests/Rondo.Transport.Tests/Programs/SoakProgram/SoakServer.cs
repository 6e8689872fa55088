using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;

namespace SoakProgram;

/// <summary>
/// The server under test, on event loops or for comparison on the platform's sockets. Says its three addresses (plain, plain HTTP/2, TLS) and the certificate's
/// hash in one line each, and ends with its standard input.
/// </summary>
internal static class SoakServer
{
    private const int Block = 16 * 1024;

    public static async Task RunAsync(bool isOnLoops)
    {
        using var certificate = MakeCertificate();
        using var handles = new ServerSample.HandleCount();
        using var errors = new ErrorCount();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
            k.Listen(IPAddress.Loopback, 0, o => o.UseHttps(certificate));
        });
        if (isOnLoops)
        {
            builder.WebHost.UseEventLoop();
        }

        await using var app = builder.Build();
        app.UseWebSockets();
        Map(app);
        app.MapGet("/descriptors", () => ServerSample.DescriptorsNow);
        app.MapGet("/sample", async () => JsonSerializer.Serialize(
            await Task.Run(() => ServerSample.TakeAsync(handles, errors.Count))));
        await app.StartAsync();
        foreach (var url in app.Urls)
        {
            Console.WriteLine(url);
        }

        Console.WriteLine(certificate.GetCertHashString());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/bytes/{seed:int}/{count:int}", (int seed, int count, HttpContext http) =>
        {
            http.Response.ContentLength = count;
            return WriteAsync(http, seed, count);
        });

        // Of unknown length, so in chunks.
        app.MapGet("/chunks/{seed:int}/{count:int}", (int seed, int count, HttpContext http) =>
            WriteAsync(http, seed, count));
        app.MapPost("/hash", async (Stream body, CancellationToken aborted) =>
            Convert.ToHexString(await SHA256.HashDataAsync(body, aborted)));
        app.MapGet("/block/{ms:int}", (int ms) =>
        {
            Thread.Sleep(ms);
            return Task.Delay(ms).ContinueWith(_ => "blocked", TaskScheduler.Default).Result;
        });
        app.MapGet("/late/{ms:int}", async (int ms) =>
        {
            await Task.Delay(ms);
            return "late";
        });
        app.Map("/echo", EchoAsync);
    }

    private static async Task WriteAsync(HttpContext http, int seed, int count)
    {
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            for (var from = 0; from < count; from += Block)
            {
                var part = block.AsMemory(0, Math.Min(Block, count - from));
                Pattern.Fill(seed, from, part.Span);
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            while (await socket.ReceiveAsync(block.AsMemory(), http.RequestAborted) is
                { MessageType: not WebSocketMessageType.Close } part)
            {
                await socket.SendAsync(
                    block.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, http.RequestAborted);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The client has gone, which it does on purpose.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>
    /// Counts and shows what the server logs as an error. A handler that meets a reset may be one on either transport,
    /// depending on what the server learns first; but whoever resets does so on purpose.
    /// </summary>
    private sealed class ErrorCount : ILoggerProvider, ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var isReset = exception is ConnectionResetException
                || eventId.Name == "RequestBodyDrainBodyReaderInvalidState";
            if (IsEnabled(logLevel) && !isReset && Interlocked.Increment(ref _count) <= 5)
            {
                Console.Error.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{formatter(state, exception)}: {exception}"));
            }
        }

        public void Dispose()
        {
        }
    }
}
