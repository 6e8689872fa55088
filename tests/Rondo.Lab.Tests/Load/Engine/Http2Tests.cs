using System.Net;
using System.Security.Cryptography;
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

    [Theory]
    [InlineData(false, "uniform")]
    [InlineData(true, "uniform")]
    [InlineData(true, "poisson")]
    public async Task Run_Rate_SendsEveryRequestThatIsDue(bool hasTls, string arrivals)
    {
        await using var server = await StartAsync(context => context.Response.WriteAsync("ok"), hasTls);
        var options = new LoadOptions("")
        {
            Rate = 200,
            Duration = "500ms",
            Ramp = "200ms",
            Connections = 2,
            Arrivals = arrivals,
            TlsInsecure = true,
        };
        var plan = await PlanAsync(server.Url, options);

        var result = await RunAsync(server, options);

        var counts = result.Counts;
        Assert.Equal((null, 0, 0), (result.FirstProblem, counts.Failed, counts.AbortedAtEnd));
        Assert.Equal((counts.Due, counts.Due), (counts.Sent, counts.Completed));
        Assert.Equal(counts.Due, result.Latency.Restore().Count);
        Assert.Equal((counts.Due, counts.Due), (result.ServiceTime.Restore().Count, result.Lateness.Restore().Count));
        Assert.InRange(counts.Due, arrivals == "uniform" ? 100 : 40, arrivals == "uniform" ? 100 : 200);
        Assert.InRange(counts.ConnectionsOpened, 1, 2);
        Assert.Equal(
            ["connections", "generator-cpu", "lateness", "schedule"],
            LoadChecks.Of(plan, result).Select(c => c.Code).Order());
    }

    [Fact]
    public async Task Run_RateAboveCapacity_CountsTheWaitFromWhenRequestsWereDue()
    {
        // One request in 20 ms at most, ten times as many due.
        await using var server = await StartAsync(async context =>
        {
            await Task.Delay(20);
            await context.Response.WriteAsync("ok");
        });

        var result = await RunAsync(
            server, new LoadOptions("") { Rate = 500, Duration = "1s", Connections = 1, Timeout = "500ms" });

        var counts = result.Counts;
        Assert.Equal(500, counts.Due);
        Assert.Equal(500, counts.Completed + counts.Failed + counts.AbortedAtEnd);
        Assert.InRange(result.Latency.Restore().Max, 500_000_000, 60_000_000_000);
        Assert.InRange(result.ServiceTime.Restore().Min, 10_000_000, 500_000_000);
        Assert.InRange(counts.Waited, 20, 500);
        var plan = await PlanAsync(server.Url, new LoadOptions("") { Rate = 500 });
        Assert.Contains("schedule", LoadChecks.Of(plan, result).Where(c => !c.Passed).Select(c => c.Code));
    }

    [Fact]
    public async Task Run_RateAndMoreConnections_OpensThemWhenAllAreBusy()
    {
        await using var server = await StartAsync(async context =>
        {
            await Task.Delay(300);
            await context.Response.WriteAsync("ok");
        });

        var result = await RunAsync(
            server, new LoadOptions("") { Rate = 40, Duration = "500ms", Connections = 1, MaxConnections = 30 });

        Assert.Equal((20, 20), (result.Counts.Due, result.Counts.Completed));
        Assert.InRange(result.Counts.ConnectionsOpened, 2, 30);
    }

    [Fact]
    public async Task Run_RateAndAConnectionForEach_LetsNoneWait()
    {
        await using var server = await StartAsync(context => context.Response.WriteAsync("ok"));

        var result = await RunAsync(
            server,
            new LoadOptions("")
            {
                Rate = 200,
                Duration = "500ms",
                Arrivals = "poisson",
                Connections = 20,
                Streams = 10,
            });

        Assert.Equal((0, result.Counts.Due), (result.Counts.Waited, result.Counts.Completed));
        Assert.True(result.Lateness.Restore().Min > 0);
    }

    [Fact]
    public async Task Run_RateOnASilentServer_AbortsAtTheEndAndSaysHowOldTheOldestIs()
    {
        await using var silent = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var plan = await PlanAsync(silent.Url, new LoadOptions("") { Rate = 20, Duration = "30s", Connections = 2 });

        var result = await LoadEngine.RunAsync(plan, _ => { }, stop.Token)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.Equal((0, 0, 2), (result.Counts.Completed, result.Counts.Failed, result.Counts.Sent));
        Assert.Equal(result.Counts.Due, result.Counts.AbortedAtEnd);
        Assert.InRange(result.Counts.Due, 3, 600);
        Assert.InRange(result.OldestAtEndSeconds, 0.5, 60);
    }

    [Fact]
    public async Task Run_Ramp_IsNotMeasured()
    {
        var served = 0;
        await using var server = await StartAsync(context =>
        {
            Interlocked.Increment(ref served);
            return context.Response.WriteAsync("ok");
        });

        var result = await RunAsync(
            server, new LoadOptions("") { Duration = "300ms", Ramp = "300ms", Connections = 3, Streams = 2 });

        Assert.InRange(result.Counts.Completed, 1, served - 1);
        Assert.Equal(result.Counts.Completed, result.Seconds.Sum(s => s.Completed));
        Assert.InRange(result.ElapsedSeconds, 0.29, 30);
    }

    [Fact]
    public async Task Run_BodyThatBreaksOff_LeavesNothingForTheNextOne()
    {
        var served = 0;
        await using var server = await StartAsync(async context =>
        {
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("he");
            await context.Response.Body.FlushAsync();
            if (served++ == 0)
            {
                context.Abort();
                return;
            }

            await context.Response.WriteAsync("llo");
        });
        var sha = Convert.ToHexString(SHA256.HashData("hello"u8));

        var result = await RunAsync(server, new LoadOptions("") { Requests = 3, Connections = 1, ExpectSha = sha });

        Assert.Equal((2, 1, 0), (result.Counts.Completed, result.Counts.Failed, result.Counts.WrongBody));
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(true, null, true)]
    [InlineData(false, 100.0, true)]
    [InlineData(true, 100.0, false)]
    public async Task Rehearse_AnyProtocol_CompletesWithoutAFailure(bool hasTls, double? rate, bool isHttp2)
    {
        var url = hasTls ? "https://localhost:1/" : "http://127.0.0.1:1/";
        var plan = await PlanAsync(url, new LoadOptions("") { Rate = rate });

        var result = await Rehearsal.RunAsync(isHttp2 ? plan : plan with { Http2Method = null, Engine = "epoll" });

        Assert.Equal((null, 0), (result.FirstProblem, result.Counts.Failed));
        Assert.InRange(result.Counts.Completed, 1, 400);
    }

    private static async Task<LoadResult> RunAsync(Server server, LoadOptions options) =>
        await LoadEngine.RunAsync(await PlanAsync(server.Url, options), _ => { }, TestContext.Current.CancellationToken)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

    private static async Task<LoadPlan> PlanAsync(string url, LoadOptions options) => LoadPlanning.Plan(
        options with { Url = url, Http = "2" }, await TargetUrl.ResolveAsync(url, ownsHost: false, allowedHosts: null));

    private static async Task<Server> StartAsync(RequestDelegate serve, bool hasTls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (hasTls)
                {
                    listen.UseHttps(TlsServer.Certificate);
                }
            }));
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
