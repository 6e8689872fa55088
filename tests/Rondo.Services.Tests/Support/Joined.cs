namespace Rondo.Services.Tests.Support;

/// <summary>Services alone, on their own ports, that register with a server which runs all.</summary>
internal static class Joined
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a key for a service and writes it where only its owner can read it.</summary>
    public static async Task<string> KeyFileAsync(this TestServer registry, string admin, params string[] scopes)
    {
        var made = await registry.CreateAsync(
            admin, new { name = "service", scopes = scopes is [] ? ["registry:write", "registry:own"] : scopes });
        return registry.WriteKey(made.Text());
    }

    public static string WriteKey(this TestServer registry, string text, UnixFileMode mode = Mine)
    {
        var path = Path.Combine(registry.DataFolder, Guid.NewGuid().ToString("N") + ".key");
        File.WriteAllText(path, text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }

    public static Task<TestServer> ServeAsync(
        this TestServer registry, string service, string keyFile, LogCapture? logs = null, TestFolder? folder = null) =>
        TestServer.StartAsync(
            options: new ServerOptions
            {
                Offline = true,
                Service = service,
                Registry = registry.Address.ToString(),
                KeyFile = keyFile,
            },
            logs: logs,
            folder: folder);

    /// <summary>Waits until as many instances of a service take calls.</summary>
    public static async Task UntilReadyAsync(this TestServer registry, string service, int count)
    {
        for (var index = "0"; ;)
        {
            var (_, body) = await registry.GetAsync($"/registry/services/{service}?wait=20s&index={index}");
            var seen = System.Text.Json.Nodes.JsonNode.Parse(body)!;
            if (seen["instances"]!.AsArray().Count == count)
            {
                return;
            }

            var next = seen["index"]!.ToString();
            Assert.NotEqual(index, next);
            index = next;
        }
    }
}
