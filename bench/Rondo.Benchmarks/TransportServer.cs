using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Rondo.Services;
using Rondo.Transport.Kestrel;

namespace Rondo.Benchmarks;

/// <summary>
/// The servers whose transports are compared: a plain ASP.NET Core application with a constant at <c>/</c>, an answer of
/// unknown length, which goes out in two flushes, at <c>/chunked</c>, and a routed <c>/convert</c>; on three ways below
/// Kestrel. Then the program behind <c>rondo up</c> with its own <c>/convert</c>, metrics and all. Beside them C programs
/// that answer without looking.
/// </summary>
internal static class TransportServer
{
    public const string Stock = "stock";
    public const string Inline = "inline";
    public const string Loop = "loop";
    public const string Limit = "limit";
    public const string ProductStock = "rondo, stock";
    public const string ProductInline = "rondo, inline";
    public const string ProductLoop = "rondo, loop";
    public const string Ring = "io_uring";
    public const string RingCooperative = "io_uring, coop";
    public const string RingDeferred = "io_uring, defer";

    private static readonly byte[] Answer = "GBP 88.4"u8.ToArray();

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Stock, Inline, Loop, Limit];

    /// <summary>The same of the whole product.</summary>
    public static IReadOnlyList<string> ProductKinds { get; } = [ProductStock, ProductInline, ProductLoop, Limit];

    /// <summary>What io_uring is measured beside: the same C program on epoll, and our loops.</summary>
    public static IReadOnlyList<string> RingKinds { get; } = [Limit, Ring, RingCooperative, RingDeferred, Loop];

    /// <summary>What a kind wants in its environment, as <c>NAME=VALUE</c>.</summary>
    public static string[] Environment(string kind) =>
        kind is Inline or ProductInline ? ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"] : [];

    /// <summary>Whether it is a C program, which needs no warming and does not say what it has allocated.</summary>
    public static bool IsProgram(string kind) => kind is Limit or Ring or RingCooperative or RingDeferred;

    /// <summary>What a C program is started with after its port.</summary>
    public static string[] Arguments(string kind) => kind switch
    {
        Ring => ["plain"],
        RingCooperative => ["coop"],
        RingDeferred => ["defer"],
        _ => [],
    };

    /// <summary>Compiles a C program; returns its path.</summary>
    public static string Compile(string kind)
    {
        var name = kind == Limit ? "limit" : "uring";
        var program = Path.GetFullPath("artifacts/" + name);
        var source = $"bench/limit/{name}.c";

        // Not over one that runs.
        if (File.Exists(program) && File.GetLastWriteTimeUtc(program) > File.GetLastWriteTimeUtc(source))
        {
            return program;
        }

        using var compiler = Process.Start("cc", ["-O2", "-Wall", "-o", program, source]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0
            ? program
            : throw new InvalidOperationException($"cc could not compile {source}.");
    }

    public static async Task RunAsync(string kind, string port, string folder)
    {
        var url = "http://127.0.0.1:" + port;
        await using var app = kind is ProductStock or ProductInline or ProductLoop
            ? Product(kind, url, folder)
            : Plain(kind, url);
        await app.RunAsync();
    }

    private static WebApplication Plain(string kind, string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        Configure(builder.Services, kind is Inline);
        if (kind is Loop)
        {
            builder.WebHost.UseEventLoop();
        }

        var app = builder.Build();
        app.MapGet("/convert/{currency}/{amount}", (string currency, decimal amount) =>
            currency == "GBP" ? Results.Text($"GBP {amount * 0.884m:0.0##}") : Results.NotFound());
        return app;
    }

    private static WebApplication Product(string kind, string url, string folder)
    {
        var options = new ServerOptions
        {
            Urls = url,
            DataFolder = folder,
            RatesFile = Path.Combine(folder, "rates.csv"),
            Offline = true,
            Transport = kind is ProductLoop ? "epoll" : "sockets",
        };
        return RondoServer.Build(options, services => Configure(services, kind is ProductInline));
    }

    private static void Configure(IServiceCollection services, bool isInline)
    {
        services.Configure<KestrelServerOptions>(k => k.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(30));
        services.Configure<SocketTransportOptions>(s => s.UnsafePreferInlineScheduling = isInline);
        services.AddSingleton<IStartupFilter, BeforeTheServices>();
    }

    private static Task AnswerAsync(HttpContext context)
    {
        var answer = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/":
                answer.ContentLength = Answer.Length;
                answer.ContentType = "text/plain";
                return answer.BodyWriter.WriteAsync(Answer).AsTask();
            case "/chunked":
                answer.ContentType = "text/plain";
                return answer.BodyWriter.WriteAsync(Answer).AsTask();
            case "/allocated":
                return answer.WriteAsync(
                    GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
            default:
                return answer.WriteAsync(LiveBytes().ToString(CultureInfo.InvariantCulture));
        }
    }

    private static long LiveBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private sealed class BeforeTheServices : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(following => context =>
                context.Request.Path.Value is "/" or "/chunked" or "/allocated" or "/live"
                    ? AnswerAsync(context)
                    : following(context));
            next(app);
        };
    }
}
