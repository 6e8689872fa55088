using System.Net;
using Microsoft.AspNetCore.Routing;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests;

public sealed class ServiceTableTests
{
    private static readonly string[] Operations =
        ["/healthz", "/readyz", "/openapi.json", "/metrics", "/assets/{file}"];

    public static TheoryData<string> Services { get; } = [.. RondoServer.AllServices];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Service_Alone_HasTheRoutesItRegistersAndOperationsAndNothingElse(string name)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Service = name });
        var row = Assert.Single(ServiceTable.Choose(name));
        var paths = Paths(server);

        Assert.DoesNotContain(paths, p => !Operations.Contains(p) && !row.Routes.Any(r => Covers(r, p)));
        Assert.Subset(paths, Operations.Except(row.HasPages ? [] : ["/assets/{file}"]).ToHashSet());

        // The demo alone has the talks' key check.
        Assert.All(row.Routes.Except(["/workshop/auth"]), r => Assert.Contains(paths, p => Covers(r, p)));
        foreach (var other in ServiceTable.Rows)
        {
            var (response, _) = await server.GetAsync(other.PublicPath);
            Assert.Equal(other.Name == name ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Equal("ready", (await server.GetAsync("/readyz")).Body);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/metrics")).Response.StatusCode);
        var (home, problem) = await server.GetAsync("/");
        Assert.Equal(HttpStatusCode.NotFound, home.StatusCode);
        Assert.Contains("/problems/not-found", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_Alone_HaveTogetherWhatAllHave()
    {
        await using var all = await TestServer.StartAsync();
        var rest = Paths(all);
        foreach (var name in RondoServer.AllServices)
        {
            await using var alone = await TestServer.StartAsync(
                options: new ServerOptions { Offline = true, Service = name });
            rest.ExceptWith(Paths(alone));
        }

        rest.RemoveWhere(path => path.StartsWith("/gateway/", StringComparison.Ordinal));
        Assert.Equal(
            ["/", "/board", "/board/setup", "/board/stream", "/noise"], rest.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RegistryService.Name)]
    public async Task FirstSegments_OfBuiltInRoutes_AreReservedAlsoWhereTheyHaveNoRoute(string? service)
    {
        await using var all = await TestServer.StartAsync();
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Service = service });
        var reserved = server.Services.GetRequiredService<ReservedNames>();

        Assert.All(
            Paths(all).Select(p => p.Split('/')[1]).Where(s => s.Length > 0),
            s => Assert.True(reserved.Contains(s), s));
    }

    [Fact]
    public void Choose_Nothing_IsAll()
    {
        Assert.Equal(ServiceTable.Rows, ServiceTable.Choose(null));
        Assert.Equal(["auth", "chat", "currency", "noise", "registry", "weather"], RondoServer.AllServices);
    }

    [Theory]
    [InlineData("nothing", null, null, null, "There is no service 'nothing'")]
    [InlineData("weather", "http://127.0.0.1:8080", null, null, "belong together")]
    [InlineData("weather", null, "weather.key", null, "belong together")]
    [InlineData("registry", "http://127.0.0.1:8080", "weather.key", null, "is in this process")]
    [InlineData(null, "http://127.0.0.1:8080", "weather.key", null, "is in this process")]
    [InlineData("weather", "nonsense", "weather.key", null, "is no address of a registry")]
    [InlineData("weather", null, null, "ftp://me", "is no address to tell others")]
    public void Options_ThatContradict_AreRefusedAsMisuse(
        string? service, string? registry, string? keyFile, string? advertise, string said)
    {
        using var folder = new TestFolder();
        var refused = Assert.Throws<StartException>(() => RondoServer.Build(new ServerOptions
        {
            DataFolder = folder.Path,
            Offline = true,
            Service = service,
            Registry = registry,
            KeyFile = keyFile,
            Advertise = advertise,
            Urls = "http://127.0.0.1:0",
        }));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    private static HashSet<string> Paths(TestServer server) =>
        [.. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))];

    // As a gateway reads it: '/**' is the path itself and all below.
    private static bool Covers(string route, string path) => route.EndsWith("/**", StringComparison.Ordinal)
        ? path == route[..^3] || path.StartsWith(route[..^2], StringComparison.Ordinal)
        : path == route;
}
