using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Architecture.Tests;

/// <summary>Holds the figures of docs/compare against the documents that record them.</summary>
public sealed partial class ComparisonTests
{
    private static readonly string Docs = FindDocs();

    [Fact]
    public void Figures_OfComparisons_AreRecorded()
    {
        string[] records = ["benchmarks.md", "lab.md", "load.md", "transport.md"];
        var recorded = records.SelectMany(file => Figures(Path.Combine(Docs, file))).ToHashSet();
        var invented = from page in Pages()
                       from figure in Figures(page)
                       where !recorded.Contains(figure)
                       select $"{Path.GetFileName(page)}: {figure}";

        Assert.Empty(invented);
    }

    [Fact]
    public void Pages_WithFigures_NameTheCommandThatMakesThem() => Assert.All(
        Pages().Where(page => Figures(page).Any()),
        page => Assert.Matches("`(./dev bench|rondo lab run) [a-z-]+", File.ReadAllText(page)));

    [Fact]
    public void Pages_OfEachPeer_SayWhatItDoesBetter() => Assert.All(
        Pages().Where(page => Path.GetFileName(page) != "README.md"),
        page => Assert.Matches(@"\*\*What (it does|they do|stock sockets do) better\.\*\*", File.ReadAllText(page)));

    private static IEnumerable<string> Pages() => Directory.EnumerateFiles(Path.Combine(Docs, "compare"), "*.md");

    // With a fraction or in thousands: small whole numbers are sizes, versions and counts as well. Code is none.
    private static IEnumerable<string> Figures(string file) =>
        Figure().Matches(Named().Replace(File.ReadAllText(file), "")).Select(m => m.Value);

    private static string FindDocs([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "docs"));

    [GeneratedRegex(@"(?<![\w.,])\d+\.\d+(?![\w.])|(?<![\w.,])\d{1,3}(,\d{3})+|(?<![\w.,])\d{3,}(?![\w.])")]
    private static partial Regex Figure();

    // Versions of peers and status codes are no measurements.
    [GeneratedRegex(@"`[^`]*`|(CPython|Go|nginx|HAProxy|wrk|ab|version) \d+(\.\d+)*|\(#[^)]*\)")]
    private static partial Regex Named();
}
