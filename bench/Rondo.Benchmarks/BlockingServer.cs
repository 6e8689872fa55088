using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;

namespace Rondo.Benchmarks;

/// <summary>A server whose handlers block, on stock Kestrel or on event loops; in a process of its own.</summary>
internal sealed class BlockingServer : IAsyncDisposable
{
    private readonly Process _process;

    private BlockingServer(Process process, int port)
    {
        _process = process;
        Client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public HttpClient Client { get; }

    /// <param name="kind"><c>stock</c> or <c>loops</c>.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="upstream">The port of the server that its handlers call.</param>
    public static async Task<BlockingServer> StartAsync(string kind, int port, int upstream)
    {
        string[] arguments =
            [Assembly.GetExecutingAssembly().Location, "blocking-child", kind, $"{port}", $"{upstream}"];
        var server = new BlockingServer(Process.Start("dotnet", arguments), port);
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
    public static Task RunAsync(string kind, string port, string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        if (kind == "loops")
        {
            builder.WebHost.UseEventLoop();
        }

        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{upstream}") };
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
        return app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
