using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

/// <summary>The parts of docs/services/currency.md that a machine can check.</summary>
internal static partial class CurrencyDocument
{
    private static readonly string Text = Repository.Read("docs/services/currency.md");

    /// <summary>One fenced request with its answer.</summary>
    internal sealed record Example(
        string Method,
        string Path,
        string[] Headers,
        int Status,
        string ContentType,
        string[] AnswerHeaders,
        string Body);

    public static string Rates => Fenced("csv").Single();

    public static IEnumerable<Example> Examples => Fenced("http").Select(block =>
    {
        var parts = block.Split("\n\n", 3);
        var (request, answer) = (parts[0].Split('\n'), parts[1].Split('\n'));
        var (line, status) = (request[0].Split(' ', 2), answer[0].Split(' ', 2));
        return new Example(
            line[0], line[1], request[1..], int.Parse(status[0], null), status[1], answer[1..], parts[2].TrimEnd('\n'));
    });

    /// <summary>The rows of the table below a heading, cells without backticks.</summary>
    public static IEnumerable<string[]> Table(string heading)
    {
        var section = Text[Text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var rows = section[4..].Split("\n## ")[0].Split('\n').Where(l => l.StartsWith('|')).Skip(2);
        return rows.Select(row => row.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());
    }

    /// <summary>The server of the examples: its rates and its clock.</summary>
    public static Task<TestServer> StartServerAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));

    private static IEnumerable<string> Fenced(string language) =>
        FencedBlock().Matches(Text).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FencedBlock();
}
