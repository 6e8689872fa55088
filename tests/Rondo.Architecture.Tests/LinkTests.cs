using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Architecture.Tests;

/// <summary>
/// Every link in a document leads somewhere: to a file or folder of the repository, and where it names a heading, to that.
/// Of others only the form is looked at: a build must not depend on somebody else's server.
/// </summary>
public sealed partial class LinkTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Links_InDocuments_LeadSomewhere()
    {
        var links = (
            from document in Documents()
            from Match link in Link().Matches(Prose(document))
            select (Document: document, Target: link.Groups["target"].Value)).ToList();

        Assert.InRange(links.Count, 50, int.MaxValue);
        Assert.Empty(links.Where(l => !Leads(l.Document, l.Target))
            .Select(l => $"{Path.GetRelativePath(Root, l.Document)}: {l.Target}"));
    }

    [Theory]
    [InlineData("docs/nothing.md", false)]
    [InlineData("docs/runtime.md#nothing", false)]
    [InlineData("docs/runtime.md#one-turn", true)]
    [InlineData("docs", true)]
    [InlineData("/etc/passwd", false)]
    [InlineData("../elsewhere", false)]
    [InlineData("https://", false)]
    [InlineData("https://semver.org", true)]
    public void Link_ThatLeadsNowhere_IsFound(string target, bool expected) =>
        Assert.Equal(expected, Leads(Path.Combine(Root, "README.md"), target));

    [Theory]
    [InlineData("## One turn", "one-turn")]
    [InlineData("# `rondo up` and, or: C#", "rondo-up-and-or-c")]
    [InlineData("### [The loop](runtime.md) ###", "the-loop")]
    public void Heading_OfAnyForm_HasTheAnchorThatReadersSee(string heading, string anchor) =>
        Assert.Equal([anchor], Anchors(heading));

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Root, f).Split(Path.DirectorySeparatorChar)
                .Any(part => part is "artifacts" or "node_modules" or ".git"));

    private static bool Leads(string document, string target)
    {
        if (target.Contains(':', StringComparison.Ordinal))
        {
            return Uri.TryCreate(target, UriKind.Absolute, out var url)
                && url.Scheme is "https" or "http" or "mailto" && url.Host.Length > 0;
        }

        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0
            ? document
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, Uri.UnescapeDataString(parts[0])));
        return (file + "/").StartsWith(Root + "/", StringComparison.Ordinal) && Path.Exists(file)
            && (parts.Length == 1 || (File.Exists(file) && Anchors(Prose(file)).Contains(parts[1])));
    }

    // What a fence or backticks hold is no link, and no heading.
    private static string Prose(string document) =>
        CodeSpan().Replace(Fence().Replace(File.ReadAllText(document), ""), m => m.Groups["code"].Value.Replace("](", "] ("));

    /// <summary>As GitHub makes them: lower case, words joined by hyphens, repeated ones numbered.</summary>
    private static IEnumerable<string> Anchors(string text)
    {
        var seen = new Dictionary<string, int>();
        foreach (Match heading in Heading().Matches(text))
        {
            var plain = LinkText().Replace(heading.Groups["text"].Value.TrimEnd(' ', '#'), "${text}");
            var anchor = NoAnchor().Replace(plain.ToLowerInvariant(), "").Trim().Replace(' ', '-');
            var before = seen.GetValueOrDefault(anchor);
            seen[anchor] = before + 1;
            yield return before == 0 ? anchor : $"{anchor}-{before}";
        }
    }

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<code>[^`\n]*)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
