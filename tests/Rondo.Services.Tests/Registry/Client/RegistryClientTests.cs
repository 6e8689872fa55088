using System.Net;
using Rondo.Services.Registry.Client;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry.Client;

public sealed class RegistryClientTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_CalledByName_IsFoundAndFollowed()
    {
        await using var server = await TestServer.StartAsync();
        await using var one = await PrinterAsync("one");
        await using var other = await PrinterAsync("other");
        var key = server.CreateAdminKey();
        var http = server.Client;
        var registry = new RegistryClient(http, new RegistryClientOptions { Key = key });
        var lease = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p1", one.Address) { Ttl = TimeSpan.FromSeconds(10) }, Cancelled);
        using var services = new HttpClient(new ServiceNameHandler(registry) { InnerHandler = new SocketsHttpHandler() });

        Assert.Equal("one /jobs?color=1", await services.GetStringAsync("http://printer/jobs?color=1", Cancelled));
        await using var second = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p2", other.Address), Cancelled);
        await lease.DrainAsync(TimeSpan.FromSeconds(20), Cancelled);
        string answer;
        do
        {
            answer = await services.GetStringAsync("http://printer/", Cancelled);
        }
        while (answer != "other /");

        Assert.Equal("p2", Assert.Single(await registry.LookupAsync("printer", Cancelled)).Id);
        await lease.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => services.GetStringAsync("http://nobody/", Cancelled));
        Assert.Equal("other /", await services.GetStringAsync(other.Address, Cancelled));
    }

    [Fact]
    public async Task Service_InstanceThatCannotBeConnectedTo_IsLeftAloneForAWhile()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync();
        await using var alive = await PrinterAsync("alive");
        Uri nobody;
        await using (var dead = await PrinterAsync("dead"))
        {
            nobody = dead.Address;
        }

        var registry = new RegistryClient(
            server.Client, new RegistryClientOptions { Key = server.CreateAdminKey(), Time = time });
        await using var one = await registry.RegisterAsync(new ServiceRegistration("printer", "p1", nobody), Cancelled);
        await using var two = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p2", alive.Address), Cancelled);
        using var services = new HttpClient(new ServiceNameHandler(registry) { InnerHandler = new SocketsHttpHandler() });

        // One of two is chosen by chance, and the dead one is among them before long.
        Assert.Equal(1, await FailuresAsync(200));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, await FailuresAsync(200));

        async Task<int> FailuresAsync(int calls)
        {
            var failures = 0;
            for (var i = 0; i < calls; i++)
            {
                try
                {
                    Assert.Equal("alive /", await services.GetStringAsync("http://printer/", Cancelled));
                }
                catch (HttpRequestException)
                {
                    failures++;
                }
            }

            return failures;
        }
    }

    [Fact]
    public async Task Lease_RegistryDoesNotAnswer_IsTriedWithGrowingPausesUpToAThirdOfItsTerm()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context => context.Response.WriteAsync("""{"lease_token":"lt_one"}"""));
        using var http = new HttpClient { BaseAddress = upstream.Address };
        var registry = new RegistryClient(http, new RegistryClientOptions { Time = time });
        await using var lease = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p1", new Uri("http://10.0.0.5:9100")), Cancelled);
        await upstream.RequestAsync();
        upstream.Answer(503);

        foreach (var pause in new[] { 10, 1, 2, 4, 8, 8 })
        {
            await UntilDueAsync(time, TimeSpan.FromSeconds(pause));
            time.Advance(TimeSpan.FromSeconds(pause));
            await upstream.RequestAsync();
        }

        upstream.Answer(204);
        await UntilDueAsync(time, TimeSpan.FromSeconds(8));
        Assert.NotNull(lease.LastFailure);
        time.Advance(TimeSpan.FromSeconds(8));
        await UntilDueAsync(time, TimeSpan.FromSeconds(10));
        Assert.Null(lease.LastFailure);
    }

    [Fact]
    public async Task Lease_WhenTheRegistryHasForgottenIt_IsTakenAnew()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();
        var registry = new RegistryClient(server.Client, new RegistryClientOptions { Key = key, Time = time });
        await using var lease = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p1", new Uri("http://10.0.0.5:9100")), Cancelled);
        var (removed, _) = await server.SendAsync(
            "DELETE", RegistryCalls.Path("printer", "p1"), null, "X-API-Key: " + key);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty(await registry.LookupAsync("printer", Cancelled));
        var calls = new RegistryCalls(server, key);

        time.Advance(TimeSpan.FromSeconds(10));

        await calls.UntilAsync("printer", "p1", "passing");
    }

    [Fact]
    public async Task Watch_GivesTheStateThenEachChange()
    {
        await using var server = await TestServer.StartAsync();
        var registry = new RegistryClient(
            server.Client, new RegistryClientOptions { Key = server.CreateAdminKey() });
        await using var watch = registry.WatchAsync("printer", Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(RegistryChangeKind.Reset, watch.Current.Kind);

        var lease = await registry.RegisterAsync(
            new ServiceRegistration("printer", "p1", new Uri("http://10.0.0.5:9100")) { Tags = ["colour"] }, Cancelled);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((RegistryChangeKind.Up, "colour"), (watch.Current.Kind, watch.Current.Instances[0].Tags[0]));
        await lease.ReportAsync("warning", "paper is low", Cancelled);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(
            (RegistryChangeKind.Changed, "paper is low"), (watch.Current.Kind, watch.Current.Instances[0].Note));
        await lease.DisposeAsync();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((RegistryChangeKind.Down, true), (watch.Current.Kind, watch.Current.Instances[0].Removed));
    }

    [Fact]
    public async Task Register_Refused_TellsWhy()
    {
        await using var server = await TestServer.StartAsync();
        var registry = new RegistryClient(server.Client);

        var refused = await Assert.ThrowsAsync<RegistryException>(() => registry.RegisterAsync(
            new ServiceRegistration("printer", "p1", new Uri("http://10.0.0.5:9100")), Cancelled));

        Assert.Equal((HttpStatusCode.Unauthorized, "missing-credential"), (refused.Status, refused.Problem));
    }

    // What the answer sets off runs on the thread pool.
    private static async Task UntilDueAsync(ManualTime time, TimeSpan after)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!time.Due.Contains(time.GetUtcNow() + after))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<FakeUpstream> PrinterAsync(string name)
    {
        var printer = await FakeUpstream.StartAsync();
        printer.Answer(context => context.Response.WriteAsync(
            $"{name} {context.Request.Path}{context.Request.QueryString}"));
        return printer;
    }
}
