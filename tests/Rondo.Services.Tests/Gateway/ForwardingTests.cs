using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Which instance gets a request, what comes of it, and what is tried again.</summary>
public sealed class ForwardingTests
{
    [Fact]
    public async Task Registration_WithARoute_IsServedAtOnce()
    {
        await using var rig = await GatewayRig.StartAsync();
        Assert.Equal("404 not-found", await rig.Server.VerdictAsync("GET", "/printer/jobs", null, rig.Key));
        await rig.RegisterAsync("printer", "p1", "http://10.0.0.1:8080/base");

        var (response, body) = await rig.Server.GetAsync("/printer/jobs?a=b", rig.Key);

        Assert.Equal((HttpStatusCode.OK, "/base/printer/jobs?a=b"), (response.StatusCode, body));
        Assert.Equal(new Uri("http://10.0.0.1:8080"), rig.Only().Upstream);
    }

    [Fact]
    public async Task Registration_WithTheTag_GetsTheUsualRoute()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.Registry.RegisterAsync("printer", "p1", ""","tags":["gateway"]""");
        await rig.Registry.RegisterAsync("scanner", "s1");

        Assert.Equal(HttpStatusCode.OK, (await rig.Server.GetAsync("/printer/x", rig.Key)).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Server.GetAsync("/scanner/x", rig.Key)).Response.StatusCode);
    }

    [Theory]
    [InlineData(nameof(ForwardOutcome.ConnectFailed), "502 upstream-failed")]
    [InlineData(nameof(ForwardOutcome.ConnectTimeout), "504 upstream-timeout")]
    [InlineData(nameof(ForwardOutcome.ConnectionLost), "502 upstream-failed")]
    [InlineData(nameof(ForwardOutcome.FirstByteTimeout), "504 upstream-timeout")]
    [InlineData(nameof(ForwardOutcome.IdleTimeout), "504 upstream-timeout")]
    [InlineData(nameof(ForwardOutcome.InvalidAnswer), "502 upstream-failed")]
    [InlineData(nameof(ForwardOutcome.BodyFailed), "400 broken-body")]
    [InlineData(nameof(ForwardOutcome.Cancelled), "504 upstream-timeout")]
    public async Task Failure_OfAnExchange_IsAProblemThatNamesTheServiceAlone(string outcome, string expected)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        rig.Forwarder.Script = (_, _, _) => ScriptedForwarder.EndAsync(Enum.Parse<ForwardOutcome>(outcome));

        Assert.Equal(expected, await rig.Server.VerdictAsync("GET", "/printer/x", null, rig.Key));

        var (response, body) = await rig.Server.GetAsync("/printer/x", rig.Key, "X-Request-Id: abc-1");
        Assert.Equal("abc-1", Assert.Single(response.Headers.GetValues("X-Request-Id")));
        Assert.Contains("abc-1", body);
        Assert.DoesNotContain("10.0.0.1", body);
        Assert.DoesNotContain("as scripted", body);
    }

    [Theory]
    [InlineData(413, "413 body-too-large")]
    [InlineData(408, "408 refused-request")]
    [InlineData(400, "400 broken-body")]
    public async Task Body_RefusedByTheServer_IsAnsweredByItsReason(int status, string expected)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        rig.Forwarder.Script = (_, _, _) => new(new ForwardResult(
            ForwardOutcome.BodyFailed, 0, true, null, new BadHttpRequestException("no", status)));

        Assert.Equal(expected, await rig.Server.VerdictAsync("POST", "/printer/x", "body", rig.Key));
    }

    [Fact]
    public async Task Answer_WithoutABody_StaysTheServices()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        rig.Forwarder.Script = (context, _, _) =>
        {
            context.Response.StatusCode = 404;
            return new(new ForwardResult(ForwardOutcome.Completed, 404, false));
        };

        var (response, body) = await rig.Server.GetAsync("/printer/x", rig.Key);

        Assert.Equal((HttpStatusCode.NotFound, ""), (response.StatusCode, body));
    }

    [Theory]
    [InlineData("GET", nameof(ForwardOutcome.ConnectFailed), 0, 2)]
    [InlineData("DELETE", nameof(ForwardOutcome.ConnectTimeout), 0, 2)]
    [InlineData("PUT", nameof(ForwardOutcome.Discarded), 503, 2)]
    [InlineData("HEAD", nameof(ForwardOutcome.FirstByteTimeout), 0, 2)]
    [InlineData("OPTIONS", nameof(ForwardOutcome.InvalidAnswer), 0, 2)]
    [InlineData("POST", nameof(ForwardOutcome.ConnectFailed), 0, 1)]
    [InlineData("PATCH", nameof(ForwardOutcome.Discarded), 503, 1)]
    [InlineData("GET", nameof(ForwardOutcome.IdleTimeout), 0, 1)]
    [InlineData("GET", nameof(ForwardOutcome.BodyFailed), 0, 1)]
    public async Task Failure_OfASafeMethod_IsTriedOnceMoreAtAnotherInstance(
        string method, string outcome, int status, int attempts)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(instances: 2);
        var (first, mayDiscard) = ("", false);
        rig.Forwarder.Script = (context, request, _) =>
        {
            if (first.Length > 0)
            {
                return ScriptedForwarder.AnswerAsync(context, 200, request.Upstream.Host);
            }

            (first, mayDiscard) = (request.Upstream.Host, request.Discards?.Invoke(503) ?? false);
            return ScriptedForwarder.EndAsync(Enum.Parse<ForwardOutcome>(outcome), status);
        };

        var (response, _) = await rig.Server.SendAsync(method, "/printer/x", null, rig.Key);

        Assert.Equal(attempts, rig.Forwarder.Sent.Count);
        Assert.Equal(attempts, rig.Forwarder.Sent.Select(r => r.Upstream).Distinct().Count());
        Assert.Equal(attempts == 2, response.IsSuccessStatusCode);
        Assert.Equal(method is not ("POST" or "PATCH"), mayDiscard);
        Assert.Equal(attempts - 1, (int)(await rig.StatusAsync())["routes"]!.AsArray()
            .Single(r => r!.Text("service") == "printer")!["retries"]!);
    }

    [Fact]
    public async Task Failure_WithABodyThatWasRead_IsNotTriedAgain()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(instances: 2);
        rig.Forwarder.Script = (_, _, _) =>
            ScriptedForwarder.EndAsync(ForwardOutcome.ConnectionLost, 0, isTouched: true);

        Assert.Equal("502 upstream-failed", await rig.Server.VerdictAsync("PUT", "/printer/x", "body", rig.Key));
        Assert.Single(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task Answer_OfAnOnlyInstance_IsNotThrownAway()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();

        await rig.Server.GetAsync("/printer/x", rig.Key);

        Assert.Null(rig.Only().Discards);
    }

    [Fact]
    public async Task Retries_BeyondTheBudget_AreNotMade()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(
            instances: 2, time: new ManualTime(TestServer.Friday));
        rig.Forwarder.Script = (_, _, _) => ScriptedForwarder.EndAsync(ForwardOutcome.ConnectFailed);
        for (var i = 0; i < 8; i++)
        {
            await rig.Server.GetAsync("/printer/x", rig.Key);
        }

        Assert.Equal(8 + 3, rig.Forwarder.Sent.Count);
    }

    [Fact]
    public async Task Instance_ThatFails_IsLeftAloneUntilItIsBack()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var rig = await GatewayRig.StartWithPrinterAsync(instances: 1, time: time);
        rig.Forwarder.FailAt("10.0.0.1", ForwardOutcome.ConnectFailed);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("502 upstream-failed", await rig.Server.VerdictAsync("GET", "/printer/x", null, rig.Key));
        }

        var (response, body) = await rig.Server.GetAsync("/printer/x", rig.Key);

        Assert.Equal("/problems/circuit-open", JsonNode.Parse(body)!.Text("type"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("10", GatewayRig.Seconds(response));
        Assert.Equal("open", (await rig.StatusOfAsync("printer"))["instances"]![0]!.Text("circuit"));
        Assert.Equal(
            "503 none-ready", await rig.Server.VerdictAsync("GET", "/registry/pick/printer", null, rig.Key));
        Assert.Equal(10, rig.Forwarder.Sent.Count);
        await rig.RegisterAsync("printer", "p2", "http://10.0.0.2:8080");
        Assert.Equal("10.0.0.2", (await rig.Server.GetAsync("/printer/x", rig.Key)).Body);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("half-open", (await rig.StatusOfAsync("printer"))["instances"]![0]!.Text("circuit"));
    }

    [Fact]
    public async Task Service_WithoutAnInstance_IsUnavailableAndNotUnknown()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.Registry.RegisterAsync("printer", "p1", ""","routes":["/printer/**"],"status":"critical" """);
        var token = await rig.RegisterAsync("scanner", "s1", "http://10.0.0.9");
        await rig.Registry.HoldAsync("POST", "scanner", "s1", "/drain", token);
        await rig.RouteAsync("ghost", """{"match":{"path":"/ghost/**"},"service":"ghost"}""");

        Assert.Equal("503 no-healthy-instance", await rig.Server.VerdictAsync("GET", "/scanner/x", null, rig.Key));
        Assert.Equal("503 no-healthy-instance", await rig.Server.VerdictAsync("GET", "/ghost/x", null, rig.Key));
        Assert.Equal("503 no-healthy-instance", await rig.Server.VerdictAsync("GET", "/printer/x", null, rig.Key));
        Assert.Empty(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task Answer_OfAnUpstream_CannotSetOurCookies()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        rig.Forwarder.Script = (context, _, _) =>
        {
            context.Response.Headers.SetCookie = new[] { "rondo_session=evil", "theirs=1" };
            return ScriptedForwarder.AnswerAsync(context, 200, "ok");
        };

        var (response, _) = await rig.Server.GetAsync("/printer/x", rig.Key);

        Assert.Equal(["theirs=1"], response.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task Exchange_OverItsTotal_IsEndedAndStreamsAreNot()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var rig = await GatewayRig.StartWithPrinterAsync(time: time);
        rig.Forwarder.Script = async (context, request, cancellation) =>
        {
            if (request.Target == "/printer/stream")
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.StartAsync(CancellationToken.None);
                time.Advance(TimeSpan.FromHours(1));
                Assert.False(cancellation.IsCancellationRequested);
                return await ScriptedForwarder.AnswerAsync(context, 200, "ok");
            }

            time.Advance(TimeSpan.FromSeconds(31));
            Assert.True(cancellation.IsCancellationRequested);
            return await ScriptedForwarder.EndAsync(ForwardOutcome.Cancelled);
        };

        Assert.Equal("504 upstream-timeout", await rig.Server.VerdictAsync("GET", "/printer/x", null, rig.Key));
        Assert.Equal("ok", (await rig.Server.GetAsync("/printer/stream", rig.Key)).Body);
    }

    [Theory]
    [InlineData("2026-11-20T17:59:59Z", "504 upstream-timeout", null)]
    [InlineData("2026-11-20T18:00:05Z", "200 -", "2026-11-20T18:00:05.000Z")]
    [InlineData("2027-01-01T00:00:00Z", "200 -", "2026-11-20T18:00:30.000Z")]
    [InlineData("soon", "200 -", "2026-11-20T18:00:30.000Z")]
    public async Task Deadline_OfAClient_CanOnlyShortenOurs(string sent, string expected, string? handedOn)
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(time: new ManualTime(TestServer.Friday));

        Assert.Equal(expected, await rig.Server.VerdictAsync(
            "GET", "/printer/x", null, rig.Key, "X-Request-Deadline: " + sent));
        Assert.Equal(handedOn, rig.Forwarder.Sent.SingleOrDefault()?.Field("X-Request-Deadline"));
    }
}
