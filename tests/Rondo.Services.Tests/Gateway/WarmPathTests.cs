using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Gateway;
using Rondo.Services.Registry;

namespace Rondo.Services.Tests.Gateway;

/// <summary>What is decided about a request whose key and route are known takes no memory.</summary>
public sealed class WarmPathTests
{
    private const int Rounds = 1000;

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-API-Key", "")]
    public async Task Decision_AboutAKnownKeyOnAGuardedRoute_TakesNoMemory(string field, string scheme)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(instances: 2);
        await rig.RouteAsync(
            "hosted", """{"match":{"host":"desk.example.org","path":"/desk/**"},"service":"printer"}""");
        var guarded = Request("/printer/jobs/17?page=2&sort=name", (field, scheme + rig.Admin));
        var hosted = Request("/desk/jobs/17", (field, scheme + rig.Admin));

        Assert.Equal(0, Warm(rig, guarded, hosted));
    }

    [Fact]
    public async Task Decision_OnAnOpenRoute_TakesNoMemory()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync(
            "open", """{"match":{"path":"/open/**"},"service":"printer","auth":{"required":false}}""");
        var open = Request("/open/jobs/17?page=2", ("Cookie", "theme=dark"));

        Assert.Equal(0, Warm(rig, open));
    }

    /// <summary>The least of several times: the platform takes some itself while it still compiles.</summary>
    private static long Warm(GatewayRig rig, params HttpContext[] requests) =>
        Enumerable.Range(0, 5).Min(_ => Decide(rig, Rounds, requests));

    /// <summary>Everything up to where a request is written, so many times; the bytes it takes.</summary>
    private static long Decide(GatewayRig rig, int times, params ReadOnlySpan<HttpContext> requests)
    {
        var services = rig.Server.Services;
        var (rules, guard) = (services.GetRequiredService<RequestRules>(), services.GetRequiredService<RouteGuard>());
        var chooser = services.GetRequiredService<InstanceChooser>();
        var registry = services.GetRequiredService<ServiceRegistry>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            foreach (var request in requests)
            {
                var decision = rules.Decide(request);
                var check = guard.CheckAsync(request, decision.Route!, decision.Peer.Address);
                if (!check.IsCompletedSuccessfully || check.Result.Problem is not null
                    || registry.Current!.Find(decision.Route!.Config.Service) is not { } service
                    || chooser.Choose(service, new PickRequest(PickPolicy.TwoChoices), null).Instance is null)
                {
                    throw new InvalidOperationException("The request is not let in at once.");
                }
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static DefaultHttpContext Request(string target, (string Name, string Value) field)
    {
        var context = new DefaultHttpContext();
        var feature = context.Features.Get<IHttpRequestFeature>()!;
        var question = target.IndexOf('?');
        (feature.Method, feature.RawTarget, feature.Protocol, feature.Scheme) = ("GET", target, "HTTP/1.1", "http");
        (feature.Path, feature.QueryString) = question < 0 ? (target, "") : (target[..question], target[question..]);
        feature.Headers.Host = "Desk.example.org:8080";
        feature.Headers.UserAgent = "Mozilla/5.0";
        feature.Headers[field.Name] = field.Value;
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        return context;
    }
}
