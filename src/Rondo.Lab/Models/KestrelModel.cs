using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

namespace Rondo.Lab.Models;

/// <summary>
/// <c>kestrel</c>: ASP.NET Core as it comes, with a handler that awaits: the platform's sockets and thread pool, with
/// as many threads as the pool finds right. <c>kestrel-blocking</c> has a handler that blocks a thread of that pool,
/// which is what "sync over async" does. <c>kestrel-loop</c> is <c>kestrel</c> on event loops, one for each processor.
/// </summary>
internal sealed class KestrelModel(bool blocks = false, bool hasLoops = false) : IServerModel
{
    // This loop only waits for the end; requests run on the thread pool, or on loops of their own.
    public void Run(ModelSetup setup) =>
        EventLoop.Run(() => RunAsync(setup), new LoopOptions { HandleInterrupt = false });

    private async Task RunAsync(ModelSetup setup)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.KeepAliveTimeout = setup.IdleTimeout;
            kestrel.Listen(setup.Address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        if (hasLoops)
        {
            builder.WebHost.UseEventLoop();
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        setup.TellQueue?.Invoke(static () => ThreadPool.PendingWorkItemCount);
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, setup.Handler));
        await app.StartAsync(setup.Stop);
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        setup.Listening(new IPEndPoint(setup.Address.Address, new Uri(url).Port));
        await app.WaitForShutdownAsync(setup.Stop);
    }

    private async Task AnswerAsync(HttpContext context, IRequestHandler handler)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var answer = blocks ? handler.AnswerBlocking(target) : await handler.AnswerAsync(target);
        var body = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = HttpAnswer.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
