using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Architecture.Tests;

/// <summary>Holds what docs/origins.md names against what there is.</summary>
public sealed partial class OriginsTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "origins.md"));

    [Fact]
    public void Tests_ThatAreNamed_Exist()
    {
        var sources = Sources("tests").Select(File.ReadAllText).ToList();
        var missing = Test().Matches(Text).Where(test => !sources.Any(source =>
            source.Contains($"class {test.Groups["class"].Value}", StringComparison.Ordinal)
            && source.Contains($" {test.Groups["method"].Value}(", StringComparison.Ordinal)));

        Assert.Empty(missing);
    }

    /// <summary>A row that ends without a test would hold nothing.</summary>
    [Fact]
    public void Programs_EachRow_EndsWithATest() => Assert.All(
        Row().Matches(Text).Select(row => row.Value).Where(row => !Heading().IsMatch(row)),
        row => Assert.Matches(Test(), row.Split(" | ")[^1]));

    [Fact]
    public void Defects_AllTwelve_AreThere() => Assert.Equal(
        Enumerable.Range(1, 12).Select(n => $"{n}"),
        Defect().Matches(Text).Select(m => m.Groups["number"].Value));

    [Fact]
    public void Commands_ThatAreNamed_AreVerbs()
    {
        var verbs = string.Concat(Sources("src/Rondo.Cli").Select(File.ReadAllText));
        var missing = Command().Matches(Text).SelectMany(m => m.Groups["verb"].Captures).Select(c => c.Value).Distinct()
            .Where(verb => !verbs.Contains($"\"{verb}\"", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    /// <summary>The talks had a password and a cookie's secret in their files.</summary>
    [Fact]
    public void Source_HoldsNoSecret()
    {
        var found = from folder in (string[])["src", "examples", "eng", "docs"]
                    from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
                    where Path.GetExtension(file) is ".cs" or ".md" or ".json" or ".sh" or ".js" or ".csproj"
                    from Match secret in Secret().Matches(File.ReadAllText(file))
                    select $"{Path.GetRelativePath(Root, file)}: {secret.Value}";

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("password = \"hunter2hunter2\"")]
    [InlineData("cookie_secret=\"61oETzKXQAGaYdkL5gEmGeJJFuYh7EQ\"")]
    [InlineData("redis://:hunter2hunter2@127.0.0.1")]
    public void Secret_OfTheUsualKinds_IsSeen(string text) => Assert.Matches(Secret(), text);

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories);

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex(@"`(?<class>\w+(Tests|Contract))\.(?<method>\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"^\|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| (?<number>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Defect();

    // The second word is a verb too, unless it is an argument: 'rondo serve auth', 'rondo convert USD'.
    [GeneratedRegex(@"`rondo (?<verb>[a-z]+)(?:(?<=lab|key|noise) (?<verb>[a-z]+))?")]
    private static partial Regex Command();

    [GeneratedRegex(@"^\| (\| )?there \||^\|---")]
    private static partial Regex Heading();

    // A private key, a secret that is given a value, a password in an address; names in capitals stand for one.
    [GeneratedRegex("""
        -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----
        |(?i:password|passwd|secret)\w*\s*[=:]\s*"(?![A-Z_]+")[^"{}$<>\s]{8,}"
        |://[^/\s"@{}<>]*:(?!(?i:password)@)[^/\s"@{}<>]{8,}@
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Secret();
}
