using System.Text.RegularExpressions;

namespace Rondo.Services.Tests.Support;

/// <summary>The parts of a document in docs/services that a machine can check.</summary>
internal sealed partial class ServiceDocument(string name)
{
    private readonly string _text = Repository.Read($"docs/services/{name}.md");

    /// <summary>One fenced request with its answer.</summary>
    internal sealed record Example(
        string Method,
        string Path,
        string[] Headers,
        int Status,
        string ContentType,
        string[] AnswerHeaders,
        string Body);

    public IEnumerable<Example> Examples => Fenced("http").Select(block =>
    {
        var parts = block.Split("\n\n", 3);
        var (request, answer) = (parts[0].Split('\n'), parts[1].Split('\n'));
        var (line, status) = (request[0].Split(' ', 2), answer[0].Split(' ', 2));
        return new Example(
            line[0], line[1], request[1..], int.Parse(status[0], null), status[1], answer[1..], parts[2].TrimEnd('\n'));
    });

    /// <summary>The rows of the table below a heading, cells without backticks.</summary>
    public IEnumerable<string[]> Table(string heading)
    {
        var section = _text[_text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var rows = section[4..].Split("\n## ")[0].Split('\n').Where(l => l.StartsWith('|')).Skip(2);
        return rows.Select(row => row.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());
    }

    public IEnumerable<string> Fenced(string language) =>
        FencedBlock().Matches(_text).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedBlock();
}
