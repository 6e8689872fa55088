using System.IO.Compression;

namespace Rondo.Package.Tests;

/// <summary>What <c>./dev pack</c> makes, once for all tests.</summary>
public sealed class Shipped : IAsyncLifetime
{
    /// <summary>Whose tests run one after another: each of them builds.</summary>
    public const string Collection = "what is shipped";

    public static string Packages { get; } = Path.Combine(Tool.Root, "artifacts", "package");

    /// <summary>A folder that is thrown away.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("rondo-package-").FullName;

    public string Version { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Version = (await Tool.RunAsync("eng/version.sh")).Trim();
        await Tool.RunAsync("./dev", "pack");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return default;
    }

    public ZipArchive Open(string package, string extension = "nupkg") =>
        ZipFile.OpenRead(Path.Combine(Packages, $"{package}.{Version}.{extension}"));
}

/// <summary>Shares it.</summary>
[CollectionDefinition(Shipped.Collection)]
public sealed class ShippedOnce : ICollectionFixture<Shipped>;
