using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Gateway.Framing;
using Rondo.Services.Hosting;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>An application behind the check, and a client that sends bytes as they are.</summary>
internal sealed class FramingServer : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, SeenRequests> _seen = new();
    private readonly WebApplication _app;

    private FramingServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Addresses()[0]);

    /// <summary>Starts it.</summary>
    /// <param name="transport">A name of <see cref="TransportChoice"/>.</param>
    /// <param name="application">What answers; null notes and answers with nothing.</param>
    /// <param name="endpoint">What comes before the check.</param>
    /// <param name="isChecked">Whether there is the check.</param>
    public static async Task<FramingServer> StartAsync(
        string transport, RequestDelegate? application = null, Action<ListenOptions>? endpoint = null,
        bool isChecked = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        FramingServer server = null!;
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            kestrel.Limits.MaxRequestBodySize = 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                endpoint?.Invoke(listen);
                if (isChecked)
                {
                    listen.UseStrictFraming();
                }

                listen.Use(next => connection =>
                {
                    var port = ((IPEndPoint)connection.RemoteEndPoint!).Port;
                    connection.Features.Set(server._seen.GetOrAdd(port, _ => new SeenRequests()));
                    return next(connection);
                });
            });
        });
        TransportChoice.Make(transport, OperatingSystem.IsLinux()).AddTo(builder.WebHost);
        var app = builder.Build();
        server = new FramingServer(app);
        app.UseStrictFraming();
        app.Run(application ?? SeenRequests.NoteAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Sends, and gives all answers until the server closes, and what the application saw.</summary>
    /// <param name="request">Characters are bytes.</param>
    /// <param name="isInBytes">Each byte in a packet of its own.</param>
    /// <param name="answers">After how many to close first; 0 waits for the server.</param>
    public async Task<(string Answer, SeenRequests Seen)> SendAsync(
        string request, bool isInBytes = false, int answers = 0)
    {
        using var limit = new CancellationTokenSource(s_limit);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(Address.Host, Address.Port, limit.Token);
        var port = ((IPEndPoint)client.Client.LocalEndPoint!).Port;
        var stream = client.GetStream();
        var sending = WriteAsync(stream, Encoding.Latin1.GetBytes(request), isInBytes, limit.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (answers == 0 || Count(answer.ToString()) < answers)
        {
            var read = await ReadAsync(stream, buffer, limit.Token);
            if (read == 0)
            {
                break;
            }

            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        await sending;
        return (answer.ToString(), _seen.GetOrAdd(port, _ => new SeenRequests()));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static int Count(string answer) => answer.Split("\r\n\r\n").Length - 1;

    private static async Task<int> ReadAsync(NetworkStream stream, byte[] buffer, CancellationToken limit)
    {
        try
        {
            return await stream.ReadAsync(buffer, limit);
        }
        catch (IOException)
        {
            // It has answered and hung up before it read all we sent.
            return 0;
        }
    }

    private static async Task WriteAsync(NetworkStream stream, byte[] bytes, bool isInBytes, CancellationToken limit)
    {
        try
        {
            for (var (from, size) = (0, isInBytes ? 1 : bytes.Length); from < bytes.Length; from += size)
            {
                await stream.WriteAsync(bytes.AsMemory(from, size), limit);
            }
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
