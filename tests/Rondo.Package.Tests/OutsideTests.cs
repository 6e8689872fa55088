using System.Text.RegularExpressions;

namespace Rondo.Package.Tests;

/// <summary>examples/outside: an application that knows the packages alone, restored from their folder.</summary>
[Collection(Shipped.Collection)]
public sealed class OutsideTests(Shipped shipped)
{
    private const string Program = "examples/outside";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_OnEventLoops_NamesTheLineThatBlocks()
    {
        var folder = Path.Combine(shipped.Folder, "outside");
        await Tool.RunAsync(
            "dotnet", "build", Program, "-c", "Release", "-v", "quiet", "--artifacts-path", folder,
            $"-p:RestoreSources={Shipped.Packages}", $"-p:RestoreFallbackFolders={Tool.Cache}",
            $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}");
        var source = await File.ReadAllLinesAsync(Path.Combine(Tool.Root, Program, "Shop.cs"), Token);
        var line = 1 + Array.FindIndex(source, l => l.Contains("price.Result", StringComparison.Ordinal));

        await using var server = await RunningServer.StartAsync(
            "env", "RONDO_DEBUG=1", Path.Combine(folder, "bin", "outside", "release", "outside"), "--urls", "http://127.0.0.1:0");
        var blocked = server.Client.GetStringAsync("/price/bread", Token);
        Assert.Equal("Hello\n", await server.Client.GetStringAsync("/", Token));
        await server.ReadUntilAsync(new Regex(
            $@"Blocked in Task\.Result at .*/examples/outside/Shop\.cs:{line}: GET /price/bread has held its thread for 0\.1"));

        Assert.Equal("bread costs 5\n", await blocked);
        Assert.Equal("bread costs 5\n", await server.Client.GetStringAsync("/price-async/bread", Token));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public void Application_InText_IsMovedByOneLine() => Assert.Single(
        Directory.EnumerateFiles(Path.Combine(Tool.Root, Program), "*.cs").SelectMany(File.ReadLines),
        line => line.Contains("EventLoop", StringComparison.Ordinal));
}
