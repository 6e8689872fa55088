using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Workshop;

/// <summary>An exercise: a file with gaps, a solution, and what both say in their head.</summary>
internal sealed partial record Exercise(string Id, string Title, string Template, string Solution)
{
    public static readonly string Root = FindRoot();

    /// <summary>All, in the order of the workshop.</summary>
    public static IReadOnlyList<Exercise> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "docs", "workshop"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Name: Name().Match(file)))
            .Where(e => e.Name.Success)
            .OrderBy(e => e.File, StringComparer.Ordinal)
            .Select(e => From(e.File, e.Name))];

    public static Exercise? Find(string id) => All.FirstOrDefault(e => e.Id == id);

    /// <summary>As a person in the repository's folder would name the file.</summary>
    public static string Shown(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static Exercise From(string file, Match name)
    {
        var title = File.ReadLines(file).Select(line => Heading().Match(line)).FirstOrDefault(m => m.Success)
            ?? throw new InvalidDataException($"{file} has no line '// Part N, exercise N: title'.");
        return new Exercise(
            $"part{name.Groups["part"].Value}.{int.Parse(name.Groups["number"].Value)}",
            title.Groups["title"].Value,
            file,
            Path.Combine(Path.GetDirectoryName(file) + "-solutions", Path.GetFileName(file)));
    }

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex(@"[/\\]part(?<part>\d)[/\\](?<number>\d\d)_\w+\.cs$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^// Part \d, exercise \d+: (?<title>.+)$")]
    private static partial Regex Heading();
}
