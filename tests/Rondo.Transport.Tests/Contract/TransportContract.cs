using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <summary>
/// What Kestrel and its users expect of a transport, over real sockets. The platform's own transport runs it too: it is
/// the reference. Real time, because its subject is.
/// </summary>
public abstract partial class TransportContract
{
    /// <summary>The longest that a test may take, in milliseconds.</summary>
    protected const int Limit = 60_000;

    private protected const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>Puts the transport under test below Kestrel.</summary>
    protected abstract void Use(IWebHostBuilder builder);

    private protected Task<TestServer> StartAsync(
        RequestDelegate handler,
        Action<KestrelServerOptions>? configure = null,
        Action<ListenOptions>? listen = null) => TestServer.StartAsync(Use, handler, configure, listen);

    /// <summary>A server of bare connections, without HTTP.</summary>
    private protected Task<TestServer> StartBareAsync(Func<ConnectionContext, Task> serve) =>
        StartAsync(_ => Task.CompletedTask, listen: o => o.Run(serve));

    private protected static Task Hello(HttpContext context)
    {
        context.Response.ContentLength = 5;
        return context.Response.WriteAsync("hello");
    }

    private protected static async Task Echo(HttpContext context)
    {
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    private protected static void AssertNoErrors(TestServer server) => Assert.Empty(server.Log.At(LogLevel.Error));
}
