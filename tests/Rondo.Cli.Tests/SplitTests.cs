using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>
/// Registry, auth, weather and gateway as four processes, as a user starts them. Real time is its subject: what is killed must
/// be missed within seconds, and what comes back be found.
/// </summary>
public sealed partial class SplitTests : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-split-").FullName;
    private readonly HttpClient _client = new() { Timeout = Guard };
    private readonly int _registryPort = FreePort();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Split_AuthKilled_ProtectedIs503PublicAnswersAndItsReturnIsNoticed()
    {
        await using (var first = Registry())
        {
            await AddressAsync(first, "/registry/status");
            await KeyAsync("registry", "service", "service.key", "registry:write", "registry:own");
            first.Signal("TERM");
            Assert.Equal(0, await first.ExitAsync());
        }

        // Without the registry the weather serves, and keeps trying until that is there.
        await using var weather = Serve("weather", "http://127.0.0.1:0");
        var at = await AddressAsync(weather, "/forecast");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(at + "/forecast"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(at + "/weather", "service.key"));
        await using var registry = Registry();
        var root = await AddressAsync(registry, "/registry/status");
        var auth = Serve("auth", "http://127.0.0.1:0");
        await AddressAsync(auth, "jwks.json");
        await KeyAsync("auth", "reader", "reader.key", "weather:read");
        await KeyAsync("auth", "other", "other.key", "chat:post");
        await UntilAsync(async () => await InstancesAsync(root, "auth") == 1);
        await UntilAsync(async () => await InstancesAsync(root, "weather") == 1);

        await UntilAsync(async () => await StatusAsync(at + "/weather", "reader.key") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(at + "/weather"));
        await UntilAsync(async () => await StatusAsync(at + "/weather", "other.key") == HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(at + "/convert/GBP/100"));

        await using var gateway = Serve("gateway", "http://127.0.0.1:0");
        var front = await AddressAsync(gateway, "/readyz");
        await UntilAsync(async () => await StatusAsync(front + "/weather", "reader.key") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(front + "/weather"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(front + "/weather", "other.key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(front + "/forecast"));

        auth.Signal("KILL");
        await auth.ExitAsync();
        await auth.DisposeAsync();
        await UntilAsync(async () =>
            await StatusAsync(at + "/weather", "reader.key") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(at + "/forecast"));
        await UntilAsync(async () =>
            await StatusAsync(front + "/weather", "reader.key") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(front + "/forecast"));

        // The registry still tells of the dead one; it is not asked while another is there.
        await using var again = Serve("auth", "http://127.0.0.1:0");
        await UntilAsync(async () => await StatusAsync(at + "/weather", "reader.key") == HttpStatusCode.OK);

        weather.Signal("TERM");
        Assert.Equal(0, await weather.ExitAsync());
        Assert.Equal(0, await InstancesAsync(root, "weather"));
        await UntilAsync(async () => await StatusAsync(front + "/forecast") != HttpStatusCode.OK);

        var second = Serve("weather", "http://127.0.0.1:0");
        await AddressAsync(second, "/forecast");
        await UntilAsync(async () => await StatusAsync(front + "/forecast") == HttpStatusCode.OK);
        second.Signal("KILL");
        await second.ExitAsync();
        await second.DisposeAsync();
        Assert.Equal(HttpStatusCode.BadGateway, await StatusAsync(front + "/forecast"));
    }

    [Theory]
    [InlineData(2, "belong together", "serve", "weather", "--registry", "http://127.0.0.1:1")]
    [InlineData(2, "is in this process", "serve", "registry", "--registry", "http://127.0.0.1:1", "--key-file", "x")]
    [InlineData(1, "cannot be read", "serve", "weather", "--registry", "http://127.0.0.1:1", "--key-file", "/nowhere")]
    [InlineData(
        2, "--advertise", "serve", "weather", "--registry", "http://127.0.0.1:1", "--key-file", "x",
        "--urls", "http://0.0.0.0:0")]
    public async Task Serve_Misused_SaysWhatToDo(int expected, string said, params string[] arguments)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(Folder("weather"), arguments);

        Assert.Equal(expected, exitCode);
        Assert.Empty(output);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Help_NamesTheServicesAndItsOptions()
    {
        var (exitCode, output, _) = await RondoProcess.RunAsync(_data, "serve", "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("auth, chat, currency, gateway, noise, registry, weather", output, StringComparison.Ordinal);
        foreach (var text in new[] { "--registry", "--key-file", "--advertise", "registry:own", "rondo serve weather" })
        {
            Assert.Contains(text, output, StringComparison.Ordinal);
        }
    }

    private RondoProcess Registry() => RondoProcess.Start(
        Folder("registry"), "serve", "registry", "--offline", "--urls", $"http://127.0.0.1:{_registryPort}");

    private RondoProcess Serve(string service, string urls) => RondoProcess.Start(
        Folder(service), "serve", service, "--offline", "--urls", urls,
        "--registry", $"http://127.0.0.1:{_registryPort}", "--key-file", PathOf("service.key"));

    /// <summary>Makes a key in a service's folder and keeps its text.</summary>
    private async Task KeyAsync(string service, string name, string file, params string[] scopes)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(
            Folder(service), ["key", "create", name, .. scopes.SelectMany(s => new[] { "--scope", s })]);
        Assert.True(exitCode == 0, error);
        await File.WriteAllTextAsync(PathOf(file), output, Cancelled);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(file), Mine);
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string url, string? keyFile = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (keyFile is not null)
        {
            request.Headers.Add("X-API-Key", (await File.ReadAllLinesAsync(PathOf(keyFile), Cancelled))[0]);
        }

        using var response = await _client.SendAsync(request, Cancelled);
        return response.StatusCode;
    }

    private async Task<int> InstancesAsync(string registry, string service)
    {
        using var response = await _client.GetAsync($"{registry}/registry/services/{service}", Cancelled);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["instances"]!.AsArray().Count
            : 0;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Guard);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await isSo())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<string> AddressAsync(RondoProcess process, string last) =>
        Address().Match(await process.ReadUntilAsync(last)).Value;

    private string Folder(string service) => Path.Combine(_data, service);

    private string PathOf(string file) => Path.Combine(_data, file);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
