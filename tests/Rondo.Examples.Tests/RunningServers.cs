namespace Rondo.Examples.Tests;

/// <summary>An example that is a server, and those that it asks, on free ports.</summary>
internal sealed class RunningServers : IAsyncDisposable
{
    private readonly List<ExampleProcess> _processes = [];

    /// <summary>Where the example listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts them in the order of the example's head; each is told where the one before it listens.</summary>
    public static async Task<RunningServers> StartAsync(Example example)
    {
        var servers = new RunningServers();
        foreach (var name in example.Servers)
        {
            // A server that asks another takes its address; one that is asked is quick here.
            var second = servers.Address.Length > 0 ? servers.Address : name == "upstream" ? "0" : null;
            var process = second is null ? ExampleProcess.Start(name, "0") : ExampleProcess.Start(name, "0", second);
            servers._processes.Add(process);
            servers.Address = await process.AddressAsync();
        }

        return servers;
    }

    public ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Dispose());
        return default;
    }
}
