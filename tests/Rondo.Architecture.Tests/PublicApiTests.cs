using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Rondo.Architecture.Tests;

/// <summary>What the packages promise to their users.</summary>
public sealed class PublicApiTests
{
    private static readonly string Root = FindRoot();

    // For the debug mode: room Diagnostics alone names them, and loads them when it has something to report.
    private static readonly string[] DiagnosticsPackages =
        ["Microsoft.Diagnostics.NETCore.Client", "Microsoft.Diagnostics.Tracing.TraceEvent"];

    [Theory]
    [InlineData("Rondo.Runtime")]
    [InlineData("Rondo.Transport")]
    [InlineData("Rondo.Xunit")]
    public void PublicApi_MatchesTheApprovedFile(string project)
    {
        var approved = Path.Combine(Root, "api", project + ".txt");
        var actual = string.Join('\n', PublicApi(Assembly.Load(project))) + "\n";
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        Assert.Equal(File.ReadAllText(approved), actual);
    }

    [Theory]
    [InlineData("Rondo.Runtime")]
    [InlineData("Rondo.Transport")]
    [InlineData("Rondo.Xunit")]
    public void PublicTypes_StateTheirThreadSafety(string project)
    {
        var assembly = Assembly.Load(project);
        var members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToList();
        var silent = assembly.GetExportedTypes()
            .Where(t => !t.IsEnum && !typeof(Delegate).IsAssignableFrom(t))
            .Where(t => members
                .FirstOrDefault(m => m.Attribute("name")!.Value == "T:" + t.FullName)?.Element("threadsafety") is null);

        Assert.Empty(silent);
    }

    [Fact]
    public void Runtime_UsesNothingButThePlatformAndTwoPackagesForItsDebugMode() =>
        Assert.Equal(
            DiagnosticsPackages,
            Assembly.Load("Rondo.Runtime").GetReferencedAssemblies()
                .Select(a => a.Name!)
                .Where(n => !n.StartsWith("System.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void Transport_UsesNothingButThePlatformAndTheRuntime() =>
        Assert.All(
            Assembly.Load("Rondo.Transport").GetReferencedAssemblies().Select(a => a.Name!),
            name => Assert.Matches(@"^(System|Microsoft\.(AspNetCore|Extensions|Win32))\.|^Rondo\.Runtime$", name));

    [Fact]
    public void DiagnosticsPackages_AreNamedInRoomDiagnosticsAlone()
    {
        var source = Path.Combine(Root, "src", "Rondo.Runtime");
        var room = Path.Combine(source, "Diagnostics") + Path.DirectorySeparatorChar;
        var naming = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("Microsoft.Diagnostics", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(naming);
        Assert.All(naming, f => Assert.StartsWith(room, f, StringComparison.Ordinal));
    }

    private static IEnumerable<string> PublicApi(Assembly assembly) =>
        from type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal)
        from line in type
            .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m is not MethodInfo { IsSpecialName: true })
            .Select(m => $"{type.FullName}: {m.MemberType} {m}")
            .Order(StringComparer.Ordinal)
            .Prepend(type.FullName!)
        select line;

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
