using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Package.Tests;

/// <summary>The one file for each system.</summary>
[Collection(Shipped.Collection)]
public sealed partial class PublishedFileTests(Shipped shipped)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// In an empty folder, with an empty environment: no .NET on any path, no home. It takes minutes: run by
    /// <c>./dev ship</c>.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task LinuxFile_Alone_ServesAndLoads()
    {
        var folder = Directory.CreateDirectory(Path.Combine(shipped.Folder, "alone")).FullName;
        var rondo = Path.Combine(folder, "rondo");
        File.Copy(await PublishAsync("linux-x64", "rondo"), rondo);
        await using var server = await RunningServer.StartAsync(
            "env", "-i", rondo, "up", "--offline", "--demo", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder, "data"));

        Assert.Contains(shipped.Version, await server.ReadUntilAsync(Welcome()), StringComparison.Ordinal);
        Assert.Matches(@"^GBP \d", await Tool.RunAsync("curl", "-sSf", $"{server.Client.BaseAddress}convert/GBP/100"));
        Assert.Equal("Howdy!\r\n", await server.Client.GetStringAsync("/work?mode=processes", Token));
        await Tool.RunAsync("env", "-i", rondo, "load", $"{server.Client.BaseAddress}healthz", "--requests", "10");
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>It cannot be run here: what it is made of is looked at. Run by <c>./dev ship</c>.</summary>
    [Fact(Explicit = true)]
    public async Task WindowsFile_LookedAt_IsAProgramWithItsOwnSqlite()
    {
        var bytes = await File.ReadAllBytesAsync(await PublishAsync("win-x64", "rondo.exe"), Token);
        using var program = new PEReader(new MemoryStream(bytes));

        Assert.Equal(Machine.Amd64, program.PEHeaders.CoffHeader.Machine);
        Assert.Equal(Subsystem.WindowsCui, program.PEHeaders.PEHeader!.Subsystem);
        Assert.True(Holds(bytes, "e_sqlite3.dll"));
        Assert.True(Holds(bytes, "Rondo.Services.dll"));
        Assert.False(Holds(bytes, "libe_sqlite3.so"));
    }

    private static async Task<string> PublishAsync(string system, string file)
    {
        await Tool.RunAsync("./dev", "publish", system);
        var made = Assert.Single(Directory.GetFiles(Path.Combine(Tool.Root, "artifacts", "publish", system)));
        Assert.Equal(file, Path.GetFileName(made));
        return made;
    }

    private static bool Holds(byte[] bytes, string name) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0;

    [GeneratedRegex("Rondo .* listens on")]
    private static partial Regex Welcome();
}
