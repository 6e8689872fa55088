using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry.Joining;

public sealed class SelfRegistrationTests
{
    [Fact]
    public async Task Service_Alone_IsRegisteredWhileItRunsAndGoneWhenItHasStopped()
    {
        await using var registry = await TestServer.StartAsync();
        var key = await registry.KeyFileAsync(registry.CreateAdminKey());
        await using var weather = await registry.ServeAsync("weather", key);

        // Beside the one in the registry's own process.
        await registry.UntilReadyAsync("weather", 2);
        var (_, body) = await registry.GetAsync("/registry/services/weather");
        var there = JsonNode.Parse(body)!["instances"]!.AsArray().Single(i => i!["id"]!.GetValue<string>() != LocalInstances.IdOf("weather"))!;
        Assert.Equal(weather.Address.ToString().TrimEnd('/'), there["url"]!.GetValue<string>().TrimEnd('/'));
        Assert.Equal(weather.Services.GetRequiredService<SelfRegistration>().Id, there["id"]!.GetValue<string>());
        Assert.Contains("/weather/**", there["routes"]!.AsArray().Select(r => r!.GetValue<string>()));
        var kept = registry.Services.GetRequiredService<ServiceRegistry>().Current!
            .Find("weather")!.Find(there["id"]!.GetValue<string>())!;
        Assert.Equal(("/readyz", false), (kept.Registration.Check!.Path, kept.IsLocal));

        await weather.StopAsync();

        await registry.UntilReadyAsync("weather", 1);
        var (gone, _) = await registry.GetAsync($"/registry/services/weather/instances/{there["id"]}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("registry:write", "those register with a key that has 'registry:own'")]
    [InlineData("weather:read", "lacks the scope 'registry:write:weather'")]
    public async Task Key_ThatMayNot_IsToldOnceAndTheServiceServes(string scope, string said)
    {
        await using var registry = await TestServer.StartAsync();
        var key = await registry.KeyFileAsync(registry.CreateAdminKey(), scope);
        using var logs = new LogCapture();
        await using var weather = await registry.ServeAsync("weather", key, logs);

        var line = await logs.WaitForAsync("does not take this service");

        Assert.StartsWith("Error ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await weather.GetAsync("/forecast")).Response.StatusCode);
    }

    [Fact]
    public async Task Registry_NotThere_IsToldAndTheServiceServes()
    {
        await using var registry = await TestServer.StartAsync();
        var key = await registry.KeyFileAsync(registry.CreateAdminKey());
        await registry.StopAsync();
        using var logs = new LogCapture();
        await using var weather = await registry.ServeAsync("weather", key, logs);

        var line = await logs.WaitForAsync("cannot be reached");

        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await weather.GetAsync("/forecast")).Response.StatusCode);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite)]
    public async Task KeyFile_OthersCanOpen_IsRefused(UnixFileMode mode)
    {
        await using var registry = await TestServer.StartAsync();
        var path = registry.WriteKey(registry.CreateAdminKey(), mode);

        var refused = Assert.Throws<StartException>(() => KeyFile.Open(path));

        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ak_00000000_0000000000000000000000000000000000000000000000000")]
    public async Task KeyFile_WithoutAKey_IsRefusedAndNotShown(string text)
    {
        await using var registry = await TestServer.StartAsync();
        var path = registry.WriteKey(text);

        var refused = Assert.Throws<StartException>(() => KeyFile.Open(path));

        Assert.Contains("holds no key", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ak_0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyFile_Replaced_IsReadAgainAndADamagedOneIsNot()
    {
        await using var registry = await TestServer.StartAsync();
        var admin = registry.CreateAdminKey();
        var path = await registry.KeyFileAsync(admin);
        var key = KeyFile.Open(path);
        var before = key.Text;

        File.WriteAllText(path, admin);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(2));
        Assert.Equal(admin, key.Text);
        Assert.NotEqual(before, key.Text);
        File.WriteAllText(path, "");
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(4));

        Assert.Equal(admin, key.Text);
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:9001", false, null)]
    [InlineData(null, "http://0.0.0.0:9001", false, null)]
    [InlineData("http://10.0.0.5:9001/x", "http://0.0.0.0:9001", true, "http://10.0.0.5:9001/x")]
    public void OwnAddress_AsAdvertised_OrAsListenedOn(string? advertise, string urls, bool isNeeded, string? expected) =>
        Assert.Equal(expected, OwnAddress.Parse(advertise, urls, isNeeded)?.AbsoluteUri);

    [Theory]
    [InlineData("http://0.0.0.0:9001")]
    [InlineData("http://[::]:9001")]
    [InlineData("http://*:9001")]
    [InlineData("http://+:9001;http://127.0.0.1:1")]
    [InlineData("http://unix:/tmp/rondo.sock")]
    public void OwnAddress_NobodyCouldCall_NeedsToBeAdvertised(string urls)
    {
        var refused = Assert.Throws<StartException>(() => OwnAddress.Parse(null, urls, isNeeded: true));

        Assert.Contains("--advertise", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }
}
