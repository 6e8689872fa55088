using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Architecture.Tests;

/// <summary>Holds what the documents show against what runs.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root = FindRoot();

    /// <summary>A block of C# names its file after the language, and stands in it, whatever its indentation.</summary>
    [Fact]
    public void CodeInDocuments_StandsInTheExampleItNames()
    {
        var invented = from document in Documents()
                       from Match block in Code().Matches(File.ReadAllText(document))
                       let source = Path.Combine(Root, block.Groups["file"].Value)
                       where !File.Exists(source) || !Contains(File.ReadAllLines(source), Lines(block))
                       select $"{Path.GetRelativePath(Root, document)}: {block.Value.Split('\n')[0]}";

        Assert.Empty(invented);
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"));

    private static string[] Lines(Match block) => block.Groups["text"].Value.TrimEnd('\n').Split('\n');

    private static bool Contains(string[] file, string[] block) =>
        Enumerable.Range(0, Math.Max(0, file.Length - block.Length + 1))
            .Any(start => file.Skip(start).Take(block.Length).Select(l => l.Trim()).SequenceEqual(block.Select(l => l.Trim())));

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex(@"```csharp ?(?<file>[^\n]*)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
