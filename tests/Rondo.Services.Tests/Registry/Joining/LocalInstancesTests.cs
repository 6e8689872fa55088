using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Registry;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry.Joining;

public sealed class LocalInstancesTests
{
    [Fact]
    public async Task Up_EveryService_IsRegisteredHereWithItsRoutesAndMarkedAsLocal()
    {
        await using var server = await TestServer.StartAsync();

        var (_, list) = await server.GetAsync("/registry/services");
        Assert.Equal(
            RondoServer.AllServices,
            JsonNode.Parse(list)!["services"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));
        var services = server.Services.GetRequiredService<ServiceRegistry>().Current!.Services;
        Assert.All(ServiceTable.Rows, row =>
        {
            var instance = Assert.Single(services[row.Name].All);
            Assert.True(instance is { IsLocal: true, IsReady: true });
            Assert.Equal(LocalInstances.IdOf(row.Name), instance.Id);
            Assert.Equal(server.OwnAddress.ToString().TrimEnd('/'), instance.Registration.Url);
            Assert.Equal(row.Routes, instance.Registration.Routes);
        });
    }

    [Fact]
    public async Task Up_OnAFilesSocketAlone_StartsAndIsRegistered()
    {
        using var folder = new TestFolder();
        await using var app = RondoServer.Build(new ServerOptions
        {
            DataFolder = folder.Path,
            Offline = true,
            Urls = $"http://unix:{folder.Path}/rondo.sock",
            Transport = "sockets",
        });
        await RondoServer.StartAsync(app);

        Assert.True(app.Services.GetRequiredService<ServiceRegistry>().Current!.Find("weather")!.All.Single().IsReady);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Instance_OfSomebodyElse_IsNeverLocalAndCannotTakeTheId()
    {
        await using var server = await TestServer.StartAsync();
        var own = (await server.CreateAsync(
            server.CreateAdminKey(), new { name = "w", scopes = new[] { "registry:write", "registry:own" } })).Text();
        var calls = new RegistryCalls(server, own);

        await calls.RegisterAsync("weather", "w1", """ ,"routes":["/weather/**"] """);
        var (taken, _) = await server.SendAsync(
            "PUT", RegistryCalls.Path("weather", LocalInstances.IdOf("weather")),
            RegistryCalls.Json("""{"url":"http://10.0.0.5"}"""), "X-API-Key: " + own);

        var weather = server.Services.GetRequiredService<ServiceRegistry>().Current!.Find("weather")!;
        Assert.False(weather.Find("w1")!.IsLocal);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
    }

    [Fact]
    public async Task Restart_SameData_TakesItsInstancesOverAndRemovesThoseItDoesNotRun()
    {
        using var folder = new TestFolder();
        await using (var first = await TestServer.StartAsync(folder: folder))
        {
            // As a crash would: they are not deregistered.
            var registry = first.Services.GetRequiredService<ServiceRegistry>();
            Assert.Equal(RondoServer.AllServices.Count, registry.Current!.Services.Count);
            foreach (var file in Directory.EnumerateFiles(folder.Path, "events.db*"))
            {
                File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file) + ".kept"));
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder.Path, "*.kept"))
        {
            File.Move(file, file[..^".kept".Length], overwrite: true);
        }

        await using var alone = await TestServer.StartAsync(
            folder: folder, options: new ServerOptions { Offline = true, Service = RegistryService.Name });

        var left = alone.Services.GetRequiredService<ServiceRegistry>().Current!;
        Assert.Equal([RegistryService.Name], left.Services.Values.Where(s => s.All.Any(i => i.IsReady)).Select(s => s.Name));
        Assert.Equal(alone.Address.ToString().TrimEnd('/'), left.Find(RegistryService.Name)!.Find(LocalInstances.IdOf(RegistryService.Name))!.Registration.Url);
    }
}
