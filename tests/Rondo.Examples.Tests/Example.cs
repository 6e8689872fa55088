using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Examples.Tests;

/// <summary>
/// A program in <c>examples/</c>, and what its head says of it: behind <c>// $</c> the commands that its reader types,
/// behind <c>// &gt;</c> what comes.
/// </summary>
internal sealed class Example
{
    private const string Command = "// $ ";
    private const string Expected = "// >";
    private const string Run = "dotnet run examples/";
    private const string Curl = "curl ";

    public static readonly string Root = FindRoot();

    public static readonly string Configuration = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Configuration").Value!;

    private Example(string name, string[] lines)
    {
        Name = name;
        Directives = [.. lines.TakeWhile(line => line.StartsWith("#:", StringComparison.Ordinal))];
        var head = lines.Skip(Directives.Count)
            .TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal)).ToList();
        var commands = head.Where(line => line.StartsWith(Command, StringComparison.Ordinal)).ToList();
        Servers = [.. commands.Select(c => c[Command.Length..])
            .Where(c => c.StartsWith(Run, StringComparison.Ordinal))
            .Select(c => c[Run.Length..].Replace(".cs", "", StringComparison.Ordinal))];
        Urls = [.. commands.Select(c => c[Command.Length..])
            .Where(c => c.StartsWith(Curl, StringComparison.Ordinal))
            .Select(c => new Uri(c[Curl.Length..]))];
        Output = [.. head
            .Where(line => line.StartsWith(Expected, StringComparison.Ordinal))
            .Select(line => line[Expected.Length..].TrimStart(' '))];
    }

    public static IEnumerable<Example> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "examples"), "*.cs").Order()
            .Select(f => new Example(Path.GetFileNameWithoutExtension(f), File.ReadAllLines(f)))];

    public string Name { get; }

    /// <summary>The lines for the SDK.</summary>
    public IReadOnlyList<string> Directives { get; }

    /// <summary>The examples to start, one after another; the last is this one. Empty if it is no server.</summary>
    public IReadOnlyList<string> Servers { get; }

    /// <summary>What is asked of this server.</summary>
    public IReadOnlyList<Uri> Urls { get; }

    /// <summary>Lines that the program prints; of a server, one for each that is asked.</summary>
    public IReadOnlyList<string> Output { get; }

    public static Example Find(string name) => All.Single(e => e.Name == name);

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
