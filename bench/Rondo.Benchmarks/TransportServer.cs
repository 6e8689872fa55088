using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;

namespace Rondo.Benchmarks;

/// <summary>
/// The servers whose transports are compared: one program, a constant at <c>/</c> before routing, and a minimal API
/// with two parameters, whose answer has a length or, chunked, goes out in two flushes; and three ways below Kestrel.
/// Beside them a C program that answers without looking.
/// </summary>
internal static class TransportServer
{
    public const string Stock = "stock";
    public const string Inline = "inline";
    public const string Loop = "loop";
    public const string Limit = "limit";

    private static readonly byte[] Answer = "GBP 88.4"u8.ToArray();

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Stock, Inline, Loop, Limit];

    /// <summary>What a kind wants in its environment, as <c>NAME=VALUE</c>.</summary>
    public static string[] Environment(string kind) =>
        kind == Inline ? ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"] : [];

    /// <summary>Compiles the C program; returns its path.</summary>
    public static string BuildLimit()
    {
        var program = Path.GetFullPath("artifacts/limit");
        using var compiler = Process.Start("cc", ["-O2", "-Wall", "-o", program, "bench/limit/limit.c"]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0
            ? program
            : throw new InvalidOperationException("cc could not compile bench/limit/limit.c.");
    }

    public static async Task RunAsync(string kind, string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:" + port);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(30));
        if (kind == Loop)
        {
            builder.WebHost.UseEventLoop();
        }
        else if (kind == Inline)
        {
            builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        }

        var app = builder.Build();
        app.Use(next => context => context.Request.Path.Value == "/" ? AnswerAsync(context) : next(context));
        app.UseRouting();
        app.MapGet("/convert/{currency}/{amount}", Convert);
        app.MapGet("/chunked/{currency}/{amount}", Format);
        app.MapGet("/allocated", () => GC.GetTotalAllocatedBytes(precise: true));
        app.MapGet("/live", () =>
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return GC.GetTotalMemory(forceFullCollection: false);
        });
        await app.RunAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentLength = Answer.Length;
        context.Response.ContentType = "text/plain";
        await context.Response.BodyWriter.WriteAsync(Answer);
    }

    private static IResult Convert(string currency, decimal amount) => Results.Text(Format(currency, amount));

    private static string Format(string currency, decimal amount) => string.Create(
        CultureInfo.InvariantCulture, $"{currency} {amount * 0.884m:0.0}");
}
