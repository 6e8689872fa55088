using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>The routes over HTTP and in the settings, and what the gateway says of itself.</summary>
public sealed class RouteEndpointsTests
{
    private const string Full = """
        {"match":{"host":"*","path":"/p/**","methods":["GET"]},"service":"printer","rewrite":{"strip":"/p"},
         "auth":{"required":true,"scopes":["printer:read"]},"retry":{"attempts":3,"on":["connect","503"]},
         "timeout":{"connect":"2s","first_byte":"5s","idle":"60s","total":"30s"},
         "limit":{"rate":"20/s","burst":40,"by":"key"},"max_body":"10MB","priority":1,"encoded":"forward",
         "pick":"sticky"}
        """;

    [Fact]
    public async Task Route_PutShownAndRemoved_IsWhatWasWritten()
    {
        await using var rig = await GatewayRig.StartAsync();

        var (created, made) = await rig.PutAsync("p", Full);
        var (changed, _) = await rig.PutAsync("p", Full);
        var (_, shown) = await rig.Server.GetAsync("/gateway/routes/p", rig.Key);
        var (gone, _) = await rig.Server.SendAsync("DELETE", "/gateway/routes/p", null, rig.Key);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created, changed));
        Assert.Equal(made.ToJsonString(), JsonNode.Parse(shown)!.ToJsonString());
        foreach (var (name, value) in JsonNode.Parse(Full)!.AsObject().Where(m => m.Key is not ("rewrite" or "limit")))
        {
            Assert.Equal(value!.ToJsonString(), made[name]!.ToJsonString());
        }

        Assert.Equal("20/1s", made["limit"]!.Text("rate"));
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal("404 no-route", await rig.Server.VerdictAsync("GET", "/gateway/routes/p", null, rig.Key));
        Assert.Equal("404 no-route", await rig.Server.VerdictAsync("DELETE", "/gateway/routes/p", null, rig.Key));
    }

    [Fact]
    public async Task Routes_AfterARestart_AreThere()
    {
        using var folder = new TestFolder();
        string key;
        await using (var first = await GatewayRig.StartAsync(folder: folder))
        {
            key = first.Key;
            await first.RouteAsync("p", Full);
            await first.RouteAsync("gone", """{"match":{"path":"/gone"},"service":"printer"}""");
            await first.Server.SendAsync("DELETE", "/gateway/routes/gone", null, key);
        }

        await using var second = await TestServer.StartAsync(folder: folder);

        var (_, body) = await second.GetAsync("/gateway/routes", key);
        var written = JsonNode.Parse(body)!["routes"]!.AsArray().Select(r => r!.Text("id")).Where(id => !id.Contains(':'));
        Assert.Equal("p", Assert.Single(written));
    }

    [Fact]
    public async Task Settings_ChangedWhileItRuns_ChangeTheRoutesAndABadOneKeepsThem()
    {
        using var logs = new LogCapture();
        using var folder = new TestFolder();
        await using var rig = await GatewayRig.StartAsync(Settings("/one/**"), logs: logs, folder: folder);
        await rig.RegisterAsync("printer", "p1", "http://10.0.0.1", "[]");
        Assert.Equal("200 -", await VerdictAsync("/one/x"));
        Assert.Equal("409 route-elsewhere", await rig.Server.VerdictAsync("PUT", "/gateway/routes/s", Full, rig.Key));

        folder.Write("appsettings.json", Settings("/two/**"));
        await logs.WaitForAsync("new settings of Gateway");

        Assert.Equal(("404 not-found", "200 -"), (await VerdictAsync("/one/x"), await VerdictAsync("/two/x")));
        folder.Write("appsettings.json", Settings("no path"));
        Assert.Contains("Routes:s/match/path", await logs.WaitForAsync("Configuration not taken over"));
        Assert.Equal("200 -", await VerdictAsync("/two/x"));

        Task<string> VerdictAsync(string path) => rig.Server.VerdictAsync("GET", path, null, rig.Key);
        static string Settings(string path) => $$$$$$"""
            {"Gateway": {"Routes": {"s": {"match": {"path": "{{{{{{path}}}}}}", "methods": ["GET"]},
             "service": "printer", "priority": 3, "auth": {"required": true, "scopes": ["a:b"]}, "limit": {"rate": "1000/s", "burst": 9}}}}}
            """;
    }

    [Fact]
    public async Task Reload_WhileARequestRuns_LetsItEndAsItBegan()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("p", """{"match":{"path":"/p/**"},"service":"printer","rewrite":{"strip":"/p"}}""");
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Forwarder.Script = async (context, request, _) =>
        {
            begun.SetResult();
            await goOn.Task;
            return await ScriptedForwarder.AnswerAsync(context, 200, request.Target);
        };
        var running = rig.Server.GetAsync("/p/x", rig.Key);
        await begun.Task.InTimeAsync();

        await rig.Server.SendAsync("DELETE", "/gateway/routes/p", null, rig.Key);
        Assert.Equal("404 not-found", await rig.Server.VerdictAsync("GET", "/p/x", null, rig.Key));
        goOn.SetResult();

        Assert.Equal("/x", (await running).Body);
    }

    [Fact]
    public async Task Drain_OfAnInstance_EndsWhatItHasAndBringsNothingNew()
    {
        await using var rig = await GatewayRig.StartAsync();
        var token = await rig.RegisterAsync("printer", "p1", "http://10.0.0.1");
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Forwarder.Script = async (context, request, _) =>
        {
            begun.TrySetResult();
            await goOn.Task;
            return await ScriptedForwarder.AnswerAsync(context, 200, request.Upstream.Host);
        };
        var running = rig.Server.GetAsync("/printer/x", rig.Key);
        await begun.Task.InTimeAsync();
        await rig.RegisterAsync("printer", "p2", "http://10.0.0.2");
        await rig.Registry.HoldAsync("POST", "printer", "p1", "/drain", token);

        Assert.Equal(1, (int)(await rig.StatusOfAsync("printer"))["instances"]![0]!["in_flight"]!);
        goOn.SetResult();

        Assert.Equal("10.0.0.1", (await running).Body);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("10.0.0.2", (await rig.Server.GetAsync("/printer/x", rig.Key)).Body);
        }
    }

    [Fact]
    public async Task Stop_OfTheServer_WaitsForRequestsAndEndsStreams()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var (begun, goOn, streaming) =
            (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        rig.Forwarder.Script = async (context, request, cancellation) =>
        {
            if (request.Target == "/printer/stream")
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.StartAsync(CancellationToken.None);
                var ended = new TaskCompletionSource();
                using var end = cancellation.Register(ended.SetResult);
                streaming.SetResult();
                await ended.Task;
                return await ScriptedForwarder.EndAsync(ForwardOutcome.Cancelled);
            }

            begun.SetResult();
            await goOn.Task;
            return await ScriptedForwarder.AnswerAsync(context, 200, "whole");
        };
        var request = rig.Server.GetAsync("/printer/x", rig.Key);
        var stream = rig.Server.GetAsync("/printer/stream", rig.Key);
        await begun.Task.InTimeAsync();
        await streaming.Task.InTimeAsync();

        var stopping = rig.Server.StopAsync();
        await stream.InTimeAsync();
        goOn.SetResult();

        Assert.Equal("whole", (await request).Body);
        await stopping.InTimeAsync();
    }

    [Fact]
    public async Task Claims_OfServices_CannotTakeWhatIsAnothers()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.RegisterAsync("printer", "p1", "http://10.0.0.1");
        await rig.RegisterAsync(
            "evil", "e1", "http://10.0.0.66", """["/printer/admin/**","/evil/**","/shared/*x","/shared"]""");
        await rig.RegisterAsync("late", "l1", "http://10.0.0.67", """["/shared"]""");

        await rig.Server.GetAsync("/printer/admin/x", rig.Key);

        Assert.Equal("10.0.0.1", rig.Only().Upstream.Host);
        var ignored = (await rig.StatusAsync())["ignored"]!.AsArray();
        Assert.Equal(
            ["evil /shared/*x", "evil /printer/admin/**", "late /shared"],
            ignored.Select(c => $"{c!.Text("service")} {c!.Text("path")}"));
    }

    [Fact]
    public async Task Routes_ThatNobodyCouldTellApart_AreRefusedWithTheOthers()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("one", """{"match":{"path":"/p/**","methods":["GET","PUT"]},"service":"printer"}""");

        var (status, body) = await rig.PutAsync(
            "two", """{"match":{"path":"/p/**","methods":["PUT"]},"service":"x"}""");

        Assert.Equal((HttpStatusCode)422, status);
        Assert.Equal(("/match", "[\"one\"]"), (body.Text("pointer"), body["conflicts"]!.ToJsonString()));
        await rig.RouteAsync("two", """{"match":{"path":"/p/**","methods":["PATCH"]},"service":"x"}""");
        var (_, shadowing) = await rig.PutAsync("three", """{"match":{"path":"/printer/**"},"service":"x"}""");
        Assert.Equal("[\"printer:printer~**\"]", shadowing["conflicts"]!.ToJsonString());
    }

    [Fact]
    public async Task Access_ToTheGatewaysOwnPaths_NeedsItsScopes()
    {
        await using var rig = await GatewayRig.StartAsync();
        var reader = Keys.Bearer((await rig.Server.CreateAsync(
            rig.Admin, new { name = "k", scopes = new[] { "gateway:read" } })).Text());

        Assert.Equal("401 missing-credential", await rig.Server.VerdictAsync("GET", "/gateway/routes", null));
        Assert.Equal("401 missing-credential", await rig.Server.VerdictAsync("GET", "/gateway/status", null));
        Assert.Equal("401 missing-credential", await rig.Server.VerdictAsync("POST", "/gateway/explain", "{}"));
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/gateway/routes", null, reader));
        foreach (var (method, body) in new[] { ("PUT", Full), ("DELETE", null) })
        {
            Assert.Equal(
                "403 insufficient-scope", await rig.Server.VerdictAsync(method, "/gateway/routes/p", body, reader));
        }
    }

    [Fact]
    public async Task Metrics_OfTheGateway_CountWhatHappened()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.Server.GetAsync("/printer/x", rig.Key);
        await rig.Server.GetAsync("/printer/x");

        var (_, body) = await rig.Server.GetAsync("/metrics");

        Assert.Contains("rondo_gateway_requests_total{route=\"printer:printer~**\",outcome=\"Answered\"} 1\n", body);
        Assert.Contains("rondo_gateway_requests_total{route=\"printer:printer~**\",outcome=\"Refused\"} 1\n", body);
        Assert.Contains("rondo_gateway_circuit{service=\"printer\",instance=\"p1\"} 1\n", body);
    }

    [Fact]
    public async Task AccessLog_SwitchedOn_HasALineWithoutSecrets()
    {
        using var logs = new LogCapture();
        await using var rig = await GatewayRig.StartAsync("""{"Gateway": {"AccessLog": true}}""", logs: logs);
        await rig.RegisterAsync("printer", "p1", "http://10.0.0.1");

        await rig.Server.GetAsync(
            "/printer/x?a=1&api_key=hush&Token=hush&sig%6Eature=hush", rig.Key, "X-Request-Id: r-1");

        var line = await logs.WaitForAsync("AccessLine: ");
        Assert.Contains("GET /printer/x?a=1&api_key=...&Token=...&signature=... 200 ", line);
        Assert.Contains("route printer:printer~**, instance p1 (request r-1)", line);
        Assert.DoesNotContain(rig.Admin, string.Join('\n', logs.Lines));
        Assert.DoesNotContain("hush", string.Join('\n', logs.Lines));
    }
}
