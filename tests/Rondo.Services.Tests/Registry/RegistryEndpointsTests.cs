using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

public sealed class RegistryEndpointsTests
{
    [Fact]
    public async Task Access_KeyScopeAndToken_AreAskedFor()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        var path = RegistryCalls.Path("printer", "p1");
        const string good = """{"url":"http://10.0.0.5"}""";

        var (missing, body) = await server.SendAsync("PUT", path, RegistryCalls.Json(good));
        Assert.Equal(HttpStatusCode.Unauthorized, missing.StatusCode);
        Assert.Equal("registry:write:printer", JsonNode.Parse(body)!["required"]!.GetValue<string>());
        var (invalid, _) = await server.SendAsync("PUT", path, RegistryCalls.Json(good), "Authorization: Bearer no");
        Assert.Equal(HttpStatusCode.Unauthorized, invalid.StatusCode);

        var token = await calls.RegisterAsync("printer", "p1");
        foreach (var (method, what) in new[] { ("POST", "/heartbeat"), ("POST", "/drain"), ("DELETE", "") })
        {
            var (none, _) = await server.SendAsync(method, path + what);
            Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
            var (other, _) = await calls.HoldAsync(method, "printer", "p1", what, LeaseToken.Create());
            Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        }

        var (beat, _) = await calls.HoldAsync("POST", "printer", "p1", "/heartbeat", token);
        Assert.Equal(HttpStatusCode.NoContent, beat.StatusCode);
    }

    [Fact]
    public async Task Life_OfAnInstance_FromRegistrationToDrain()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        var before = await calls.IndexAsync();
        var token = await calls.RegisterAsync(
            "printer", "p1", """ ,"zone":"a","tags":["colour"],"meta":{"floor":"2"} """);

        var found = (await calls.ServiceAsync("printer", "?zone=a&tag=colour"))["instances"]!.AsArray().Single()!;
        Assert.Equal("http://10.0.0.5:8080", found["url"]!.GetValue<string>());
        Assert.InRange(found["ttl_left"]!.GetValue<double>(), 0.1, 30);
        var (_, home) = await server.GetAsync("/");
        Assert.Equal("Specify a service endpoint. Available: ['auth', 'chat', 'currency', 'noise', 'printer', 'registry', 'weather']", home);
        var (_, page) = await server.GetAsync("/", "Accept: text/html");
        Assert.Contains("<b>printer</b>", page);

        await calls.HoldAsync(
            "POST", "printer", "p1", "/heartbeat", token, """{"status":"critical","note":"no paper"}""");
        Assert.Empty((await calls.ServiceAsync("printer"))["instances"]!.AsArray());
        var (none, _) = await server.GetAsync("/registry/pick/printer");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        await calls.HoldAsync("POST", "printer", "p1", "/heartbeat", token, """{"status":"passing"}""");
        var (picked, body) = await server.GetAsync("/registry/pick/printer?policy=sticky&key=ann");
        Assert.Equal("p1", JsonNode.Parse(body)!["id"]!.GetValue<string>());
        Assert.Equal($"{before + 3}", picked.Headers.GetValues("X-Registry-Index").Single());

        var (drained, _) = await calls.HoldAsync("POST", "printer", "p1", "/drain?deadline=10s", token);
        Assert.Equal(HttpStatusCode.Accepted, drained.StatusCode);
        await calls.UntilAsync("printer", "p1", "draining");
        var (gone, _) = await calls.HoldAsync("DELETE", "printer", "p1", "", token);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        var (again, _) = await calls.HoldAsync("DELETE", "printer", "p1", "?if_exists", token);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Fact]
    public async Task Registration_OfTheLargestSize_IsKept()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        var values = Enumerable.Range(0, 31).Select(i => $"\"k{i}\":\"{new string('<', 500)}\"");

        await calls.RegisterAsync("printer", "p1", $",\"meta\":{{{string.Join(',', values)}}}");

        Assert.Equal(31, (await calls.ServiceAsync("printer"))["instances"]![0]!["meta"]!.AsObject().Count);
    }

    [Fact]
    public async Task LongPoll_IsAnsweredByTheNextChangeOfItsService()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        await calls.RegisterAsync("printer", "p1");
        var index = await calls.IndexAsync();
        var poll = calls.ServiceAsync("printer", $"?index={index}&wait=30s");
        var other = calls.ServiceAsync("scanner", $"?index={index}&wait=30s");

        await calls.RegisterAsync("scanner", "s1");
        Assert.Equal("s1", (await other)["instances"]![0]!["id"]!.GetValue<string>());
        Assert.False(poll.IsCompleted);
        await calls.RegisterAsync("printer", "p2");

        Assert.Equal(2, (await poll)["instances"]!.AsArray().Count);
    }

    [Fact]
    public async Task LongPoll_HistoryNotKept_IsGivenTheWholeState()
    {
        await using var server = await TestServer.StartAsync(settings: """{"Registry":{"KeepEvents":100}}""");
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        var before = await calls.IndexAsync();
        await calls.RegisterAsync("printer", "p1");
        await Parallel.ForAsync(0, 150, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var token = await calls.RegisterAsync("printer", $"short-{i}");
            await calls.HoldAsync("DELETE", "printer", $"short-{i}", "", token);
        });

        var (response, body) = await server.GetAsync("/registry/services/printer?index=1&wait=1s");

        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        var state = JsonNode.Parse(body)!;
        Assert.Equal($"{before + 301}", response.Headers.GetValues("X-Registry-Index").Single());
        Assert.Equal(before + 301, state["index"]!.GetValue<long>());
        Assert.Equal("p1", state["instances"]!.AsArray().Single()!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Watch_ResumedWithItsLastId_MissesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        await calls.RegisterAsync("printer", "p1");
        string last;
        await using (var watch = await EventReader.OpenAsync(server, "/registry/watch"))
        {
            var reset = await watch.NextAsync();
            Assert.Equal("reset", reset.Type);
            Assert.Contains("p1", reset.Data["instances"]!.AsArray().Select(i => i!["id"]!.GetValue<string>()));
            var token = await calls.RegisterAsync("printer", "p2");
            Assert.Equal(("instance-up", "p2"), Told(await watch.NextAsync()));
            await calls.HoldAsync("DELETE", "printer", "p2", "", token);
            var down = await watch.NextAsync();
            Assert.Equal(("instance-down", "p2"), Told(down));
            last = down.Id;
        }

        await calls.RegisterAsync("scanner", "s1");
        var drained = await calls.RegisterAsync("printer", "p3");
        await calls.HoldAsync("POST", "printer", "p3", "/drain", drained);
        await using var resumed = await EventReader.OpenAsync(server, "/registry/watch?service=printer", last);

        Assert.Equal(("instance-up", "p3"), Told(await resumed.NextAsync()));
        Assert.Equal(("instance-down", "p3"), Told(await resumed.NextAsync()));
        await using var lost = await EventReader.OpenAsync(server, "/registry/watch", "0123456789abcdef-1");
        Assert.Equal("reset", (await lost.NextAsync()).Type);
    }

    [Fact]
    public async Task Restart_KeepsLeasesIndexAndEpoch()
    {
        using var folder = new TestFolder();
        string key, token, epoch;
        long index;
        await using (var before = await TestServer.StartAsync(folder: folder))
        {
            key = before.CreateAdminKey();
            token = await new RegistryCalls(before, key).RegisterAsync("printer", "p1");
            index = await new RegistryCalls(before, key).IndexAsync();
            epoch = (await before.GetAsync("/registry/services")).Response.Headers.GetValues("X-Registry-Epoch").Single();
        }

        await using var server = await TestServer.StartAsync(folder: folder);
        var calls = new RegistryCalls(server, key);
        var (response, _) = await server.GetAsync("/registry/services/printer");

        Assert.Equal(epoch, response.Headers.GetValues("X-Registry-Epoch").Single());
        var own = RondoServer.AllServices.Count;
        Assert.Equal($"{index + own + own}", response.Headers.GetValues("X-Registry-Index").Single());
        var (beat, _) = await calls.HoldAsync("POST", "printer", "p1", "/heartbeat", token);
        Assert.Equal(HttpStatusCode.NoContent, beat.StatusCode);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Thousand_RegisteringAtOnce_AllSucceed(string transport)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Transport = transport });
        var calls = new RegistryCalls(server, server.CreateAdminKey());

        await Parallel.ForAsync(
            0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) => await calls.RegisterAsync("printer", $"p{i}"));

        Assert.Equal(1000, (await calls.ServiceAsync("printer"))["instances"]!.AsArray().Count);
    }

    [Fact]
    public async Task Thousand_WhoseRegistryForgotThem_RegisterAnewAtOnce()
    {
        string[] tokens;
        await using (var before = await TestServer.StartAsync())
        {
            var calls = new RegistryCalls(before, before.CreateAdminKey());
            tokens = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => calls.RegisterAsync("printer", $"p{i}")));
        }

        await using var server = await TestServer.StartAsync();
        var anew = new RegistryCalls(server, server.CreateAdminKey());
        await Parallel.ForAsync(
            0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, cancellation) =>
            {
                cancellation.ThrowIfCancellationRequested();
                var (beat, _) = await anew.HoldAsync("POST", "printer", $"p{i}", "/heartbeat", tokens[i]);
                Assert.Equal(HttpStatusCode.NotFound, beat.StatusCode);
                tokens[i] = await anew.RegisterAsync("printer", $"p{i}");
                (beat, _) = await anew.HoldAsync("POST", "printer", $"p{i}", "/heartbeat", tokens[i]);
                Assert.Equal(HttpStatusCode.NoContent, beat.StatusCode);
            });

        Assert.Equal(1000, (await anew.ServiceAsync("printer"))["instances"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000")]
    [InlineData("http://localhost:9000")]
    [InlineData("http://[::1]:9000")]
    [InlineData("http://app.localhost:9000")]
    [InlineData("http://127.1:9000")]
    public void Url_Loopback_IsForThisMachineAlone(string url)
    {
        Assert.Null(InstanceUrl.Mistake(url, new RegistrantPlace(false, null, "rondo", [8080])));
        Assert.NotNull(InstanceUrl.Mistake(url, new RegistrantPlace(true, null, "rondo", [8080])));
    }

    [Fact]
    public void Url_OfThisServerByAnyName_IsRefused()
    {
        var place = new RegistrantPlace(true, IPAddress.Parse("10.0.0.9"), "desk.example", [8080]);

        Assert.NotNull(InstanceUrl.Mistake("http://10.0.0.9:8080", place));
        Assert.NotNull(InstanceUrl.Mistake("http://DESK.example:8080/x", place));
        Assert.Null(InstanceUrl.Mistake("http://10.0.0.9:8081", place));
    }

    private static (string Type, string Id) Told(EventReader.Told told) =>
        (told.Type, told.Data["id"]!.GetValue<string>());
}
