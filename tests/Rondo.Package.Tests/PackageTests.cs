using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml.Linq;

namespace Rondo.Package.Tests;

/// <summary>What is in the packages.</summary>
[Collection(Shipped.Collection)]
public sealed class PackageTests(Shipped shipped)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Pack_MakesThreePackagesWithSymbolsAndTheTool() => Assert.Equal(
        new[] { "Rondo.Runtime", "Rondo.Transport", "Rondo.Xunit", "rondo" }
            .SelectMany(p => new[] { $"{p}.{shipped.Version}.nupkg", $"{p}.{shipped.Version}.snupkg" })
            .Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Shipped.Packages).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Rondo.Runtime")]
    [InlineData("Rondo.Transport")]
    [InlineData("Rondo.Xunit")]
    public void Library_HasAssemblyDocumentationReadmeLicenceAndSymbols(string name)
    {
        using var package = shipped.Open(name);
        using var symbols = shipped.Open(name, "snupkg");
        var files = package.Entries.Select(e => e.FullName).ToList();

        Assert.Contains($"lib/net10.0/{name}.dll", files);
        Assert.Contains("icon.png", files);
        Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(e => e.FullName));
        Assert.StartsWith($"# {name}\n", Text(package, "README.md"), StringComparison.Ordinal);
        Assert.All(
            XDocument.Parse(Text(package, $"lib/net10.0/{name}.xml")).Descendants("member"),
            member => Assert.NotEmpty(member.Elements()));
        var (about, _) = Nuspec(package);
        Assert.Equal("MIT", about["license"]);
        Assert.Equal("README.md", about["readme"]);
        Assert.Equal(shipped.Version, about["version"]);
    }

    [Fact]
    public void Library_DependsOnWhatItUsesAlone()
    {
        using var runtime = shipped.Open("Rondo.Runtime");
        using var transport = shipped.Open("Rondo.Transport");

        Assert.Equal(
            ["Microsoft.Diagnostics.NETCore.Client", "Microsoft.Diagnostics.Tracing.TraceEvent"],
            Nuspec(runtime).Dependencies.Select(d => d.Id));
        Assert.Equal([("Rondo.Runtime", shipped.Version)], Nuspec(transport).Dependencies);
    }

    [Fact]
    public void Tool_HoldsTheProjectsThatAreNoPackages()
    {
        using var tool = shipped.Open("rondo");
        var files = tool.Entries.Select(e => e.FullName).ToList();

        Assert.All(
            new[] { "Charts", "Lab", "Runtime", "Services", "Transport" },
            name => Assert.Contains($"tools/net10.0/any/Rondo.{name}.dll", files));
        Assert.Empty(Nuspec(tool).Dependencies);

        // Libraries of Windows alone, which would be copied to every system.
        Assert.DoesNotContain(files, f => f.Contains("KernelTraceControl", StringComparison.Ordinal));
    }

    /// <summary>The same sources, compiled anew in another folder. Run by <c>./dev ship</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Libraries_BuiltTwice_AreTheSameBytes()
    {
        var place = Path.Combine(shipped.Folder, "again");
        foreach (var name in new[] { "Rondo.Transport", "Rondo.Xunit" })
        {
            await Tool.RunAsync(
                "dotnet", "build", "src/" + name, "-c", "Release", "-v", "quiet",
                "--artifacts-path", place, "-p:ContinuousIntegrationBuild=true", $"-p:Version={shipped.Version}");
        }

        foreach (var name in new[] { "Rondo.Runtime", "Rondo.Transport", "Rondo.Xunit" })
        {
            using var package = shipped.Open(name);
            using var symbols = shipped.Open(name, "snupkg");
            var folder = Path.Combine(place, "bin", name, "release");

            Assert.Equal(
                (name, await HashAsync(Entry(package, $"lib/net10.0/{name}.dll"))),
                (name, await HashAsync(File.OpenRead(Path.Combine(folder, name + ".dll")))));
            Assert.Equal(
                (name, await HashAsync(Entry(symbols, $"lib/net10.0/{name}.pdb"))),
                (name, await HashAsync(File.OpenRead(Path.Combine(folder, name + ".pdb")))));
        }
    }

    private static (Dictionary<string, string> About, List<(string Id, string Version)> Dependencies) Nuspec(ZipArchive package)
    {
        var name = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).FullName;
        var metadata = XDocument.Parse(Text(package, name)).Root!.Elements().Single();
        return (
            metadata.Elements().ToDictionary(e => e.Name.LocalName, e => e.Value),
            [.. metadata.Descendants().Where(e => e.Name.LocalName == "dependency")
                .Select(d => (d.Attribute("id")!.Value, d.Attribute("version")!.Value))]);
    }

    private static Stream Entry(ZipArchive package, string name) => package.GetEntry(name)!.Open();

    private static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader(Entry(package, name));
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static async Task<string> HashAsync(Stream content)
    {
        await using (content)
        {
            return Convert.ToHexString(await SHA256.HashDataAsync(content, Token));
        }
    }
}
