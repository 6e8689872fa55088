using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>HTTP/2 against a real server that speaks nothing else.</summary>
public sealed class Http2Tests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    public async Task Run_Requests_CompletesExactlySoMany(int connections, int streams)
    {
        await using var server = await StartAsync(context => context.Response.WriteAsync("ok"));

        var result = await RunAsync(
            server, new LoadOptions("") { Requests = 60, Connections = connections, Streams = streams });

        Assert.Equal((null, 60, 0), (result.FirstProblem, result.Counts.Completed, result.Counts.Failed));
        Assert.Equal((connections, 120), (result.Counts.ConnectionsOpened, result.Counts.BodyBytes));
        Assert.Equal((60, 60), (result.Latency.Restore().Count, result.Seconds.Sum(s => s.Completed)));
    }

    [Fact]
    public async Task Run_MethodHeadersAndBody_Arrive()
    {
        await using var server = await StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var said = $"{context.Request.Protocol} {context.Request.Method} {context.Request.Headers["X-A"]} "
                + $"{context.Request.ContentType} {await reader.ReadToEndAsync()}";
            context.Response.StatusCode = said == "HTTP/2 POST b text/x hello" ? 200 : 400;
        });

        var result = await RunAsync(server, new LoadOptions("")
        {
            Requests = 4,
            Method = "POST",
            Headers = ["X-A: b", "Content-Type: text/x"],
            Body = "hello",
            ExpectStatus = 200,
        });

        Assert.Equal((null, 4), (result.FirstProblem, result.Counts.Completed));
    }

    [Fact]
    public async Task Run_TimeIsOver_EndsAndChecksItsHeadRoom()
    {
        await using var server = await StartAsync(context => context.Response.WriteAsync("ok"));
        var plan = await PlanAsync(server.Url, new LoadOptions("") { Duration = "300ms", Connections = 2 });

        var result = await LoadEngine.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken);

        Assert.True(result.Counts.Completed > 0);
        Assert.Null(result.FirstProblem);
        Assert.Contains("generator-cpu", LoadChecks.Of(plan, result).Select(c => c.Code));
    }

    [Fact]
    public async Task Run_Failures_HaveTheirCounts()
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("busy");
        });
        await using var silent = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var other = ScriptedServer.Answering(_ => "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");

        var wrong = await RunAsync(server, new LoadOptions("") { Requests = 3, Connections = 1 });
        var late = await RunAsync(silent, new LoadOptions("") { Requests = 2, Connections = 2, Timeout = "200ms" });
        var http1 = await LoadEngine.RunAsync(
            await PlanAsync(other.Url, new LoadOptions("") { Requests = 2, Connections = 1 }),
            _ => { },
            TestContext.Current.CancellationToken);

        Assert.Equal((3, "the status is 503"), (wrong.Counts.WrongStatus, wrong.FirstProblem));
        Assert.Equal(2, late.Counts.Timeouts);
        Assert.Equal((0, 2), (http1.Counts.Completed, http1.Counts.Failed));
        Assert.NotNull(http1.FirstProblem);
    }

    private static async Task<LoadResult> RunAsync(Server server, LoadOptions options) =>
        await LoadEngine.RunAsync(await PlanAsync(server.Url, options), _ => { }, TestContext.Current.CancellationToken)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

    private static async Task<LoadPlan> PlanAsync(string url, LoadOptions options) => LoadPlanning.Plan(
        options with { Url = url, Http = "2" }, await TargetUrl.ResolveAsync(url, ownsHost: false, allowedHosts: null));

    private static async Task<Server> StartAsync(RequestDelegate serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(serve);
        await app.StartAsync();
        return new Server(app);
    }

    private sealed class Server(WebApplication app) : IAsyncDisposable
    {
        public string Url =>
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
