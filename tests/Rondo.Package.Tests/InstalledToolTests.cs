namespace Rondo.Package.Tests;

/// <summary>The tool, installed from the folder of packages, with no other source.</summary>
[Collection(Shipped.Collection)]
public sealed class InstalledToolTests(Shipped shipped)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tool_InstalledFromAFolder_ServesAndLoads()
    {
        var config = Path.Combine(shipped.Folder, "nuget.config");
        await File.WriteAllTextAsync(
            config,
            $"""<configuration><packageSources><clear /><add key="a" value="{Shipped.Packages}" /></packageSources></configuration>""",
            Token);
        var tools = Path.Combine(shipped.Folder, "tools");
        await Tool.RunAsync(
            "dotnet", "tool", "install", "rondo", "--tool-path", tools, "--configfile", config, "--version", shipped.Version);
        var rondo = Path.Combine(tools, "rondo");
        var data = Path.Combine(shipped.Folder, "tool-data");

        Assert.Equal(shipped.Version, (await Tool.RunAsync(rondo, "--version")).Trim());
        Assert.Matches(@"^\d+\.\d\d USD", await Tool.RunAsync(rondo, "convert", "USD", "100", "--data", data));
        await using var server = await RunningServer.StartAsync(
            rondo, "up", "--offline", "--demo", "--urls", "http://127.0.0.1:0", "--data", data);
        Assert.Equal("ready", await server.Client.GetStringAsync("/readyz", Token));

        // Both start the program anew, each in its way.
        Assert.Equal("Howdy!\r\n", await server.Client.GetStringAsync("/work?mode=processes", Token));
        var report = await Tool.RunAsync(rondo, "load", $"{server.Client.BaseAddress}healthz", "--requests", "10");
        Assert.Contains("10", report, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }
}
