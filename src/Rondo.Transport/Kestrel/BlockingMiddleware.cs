using Microsoft.AspNetCore.Http;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// The first middleware: where application code begins. Gives it its context; brings requests that the server has
/// started on the pool (HTTP/2) to their loop; those of endpoints that are known to block run beside it.
/// </summary>
internal sealed class BlockingMiddleware(RequestDelegate next, BlockingEndpoints blocking)
{
    private const string RetryAfterSeconds = "1";

    public Task InvokeAsync(HttpContext http)
    {
        // Another transport's connection, or loops that are never handed over.
        if (http.Features[typeof(LoopConnection)] is not LoopConnection { Socket.Thread: var thread } connection
            || thread.Monitor is not { } monitor)
        {
            return next(http);
        }

        if (monitor.IsExhausted)
        {
            return RunWithRoomAsync(connection, monitor, http);
        }

        var context = connection.ContextOf(http.Request.Method, http.Request.Path.Value ?? "", blocking);
        if (!thread.Loop.IsRunByCaller || context.IsKnownToBlock)
        {
            return RunElsewhereAsync(context, http);
        }

        context.Enter();
        Task task;
        try
        {
            task = next(http);
        }
        finally
        {
            RequestContext.Leave();
        }

        return task.IsCompletedSuccessfully ? task : FinishAsync(context, task);
    }

    // The server goes on inline, on the loop, only where no context is set.
    private static async Task FinishAsync(RequestContext context, Task task)
    {
        context.Enter();
        try
        {
            await task;
        }
        finally
        {
            RequestContext.Leave();
        }
    }

    private async Task RunWithRoomAsync(LoopConnection connection, LoopMonitor monitor, HttpContext http)
    {
        if (await monitor.Spares.WaitForRoomAsync())
        {
            var task = RunElsewhereAsync(
                connection.ContextOf(http.Request.Method, http.Request.Path.Value ?? "", blocking), http);
            monitor.Spares.PassRoomOn();
            await task;
            return;
        }

        TransportMetrics.Refused();
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
    }

    private async Task RunElsewhereAsync(RequestContext context, HttpContext http)
    {
        await new SwitchToContext(context);
        try
        {
            await next(http);
        }
        finally
        {
            RequestContext.Leave();
        }
    }
}
