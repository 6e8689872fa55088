using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Rondo.Services;

namespace Rondo.Benchmarks;

/// <summary>
/// The servers whose transports are compared: one program, the one behind <c>rondo up</c>, with its own
/// <c>/convert</c>, and before its middleware a constant at <c>/</c> and an answer of unknown length, which goes out in
/// two flushes, at <c>/chunked</c>; on three ways below Kestrel. Beside them C programs that answer without looking.
/// </summary>
internal static class TransportServer
{
    public const string Stock = "stock";
    public const string Inline = "inline";
    public const string Loop = "loop";
    public const string Limit = "limit";
    public const string Ring = "io_uring";
    public const string RingCooperative = "io_uring, coop";
    public const string RingDeferred = "io_uring, defer";

    private static readonly byte[] Answer = "GBP 88.4"u8.ToArray();

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Stock, Inline, Loop, Limit];

    /// <summary>What io_uring is measured beside: the same C program on epoll, and our loops.</summary>
    public static IReadOnlyList<string> RingKinds { get; } = [Limit, Ring, RingCooperative, RingDeferred, Loop];

    /// <summary>What a kind wants in its environment, as <c>NAME=VALUE</c>.</summary>
    public static string[] Environment(string kind) =>
        kind == Inline ? ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"] : [];

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
        var options = new ServerOptions
        {
            Urls = "http://127.0.0.1:" + port,
            DataFolder = folder,
            RatesFile = Path.Combine(folder, "rates.csv"),
            Offline = true,
            Transport = kind == Loop ? "epoll" : "sockets",
        };
        await using var app = RondoServer.Build(options, services =>
        {
            services.Configure<KestrelServerOptions>(k => k.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(30));
            services.Configure<SocketTransportOptions>(s => s.UnsafePreferInlineScheduling = kind == Inline);
            services.AddSingleton<IStartupFilter, BeforeTheServices>();
        });
        await app.RunAsync();
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
