using Rondo.Runtime.Executors;
using Rondo.Services.Hosting;

namespace Rondo.Services.Demo;

/// <summary><c>/hello/{name}</c> and <c>/work?mode=</c>.</summary>
internal sealed class DemoEndpoints(DemoWork work)
{
    private const string Modes = "sync, blocked, async, threads or processes";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/hello/{name=Anonymous}", context => WriteAsync(
            context, "text/plain; charset=utf-8", "Hello, " + context.Request.RouteValues["name"]));
        routes.MapRead("/work", WorkAsync);
    }

    private async Task WorkAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(name => name != "mode") is { } unknown)
        {
            await new Problem(ProblemType.UnknownParameter, $"'{unknown}' is unknown here; there is 'mode'.")
                .WriteAsync(context);
            return;
        }

        if (query["mode"].Count > 1)
        {
            await new Problem(ProblemType.RepeatedParameter, "'mode' is given twice.").WriteAsync(context);
            return;
        }

        try
        {
            var mode = query.TryGetValue("mode", out var given) ? (string?)given : "async";
            var done = mode switch
            {
                "sync" => work.OneAtATimeAsync(context.RequestAborted),
                "blocked" => DemoWork.BlockedAsync(),
                "async" => work.AwaitedAsync(context.RequestAborted),
                "threads" => work.OnThreadAsync(context.RequestAborted),
                "processes" => work.InProcessAsync(context.RequestAborted),
                _ => null,
            };
            await (done is null
                ? new Problem(ProblemType.InvalidParameter, $"There is no mode '{mode}': {Modes}.").WriteAsync(context)
                : HowdyAsync(context, done));
        }
        catch (QueueFullException)
        {
            await new Problem(ProblemType.NotReady, "Too many wait for this mode already.").WriteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
    }

    private static async Task HowdyAsync(HttpContext context, Task done)
    {
        await done;
        await WriteAsync(context, "text/plain; charset=UTF-8", "Howdy!\r\n");
    }

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
