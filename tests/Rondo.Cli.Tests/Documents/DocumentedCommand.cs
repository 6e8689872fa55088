using System.Reflection;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>A command that a document shows.</summary>
/// <param name="Document">Its path in the repository.</param>
/// <param name="Text">The command as it would be typed.</param>
/// <param name="Shown">What the document shows as its output; empty if nothing.</param>
internal sealed partial record DocumentedCommand(string Document, string Text, IReadOnlyList<string> Shown)
{
    public static readonly string Root = typeof(DocumentedCommand).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!;

    private static readonly string[] Shells = ["", "sh", "bash", "shell", "console"];

    // What begins a block of commands, as opposed to a drawing or what a program has printed.
    private static readonly HashSet<string> Programs =
    [
        "./dev", "ab", "apt", "apt-get", "bash", "cat", "cd", "chmod", "chown", "cp", "crontab", "curl", "docker",
        "dotnet", "echo", "export", "git", "hey", "install", "journalctl", "jq", "kill", "mkdir", "mosquitto_pub",
        "mosquitto_sub", "mv", "nc", "node", "npm", "openssl", "pg_dump", "pg_restore", "podman", "printf", "psql",
        "python3", "rm", "rondo", "scp", "sh", "sqlite3", "ssh", "sudo", "systemctl", "tar", "ulimit", "umask",
        "useradd", "wget", "wrk",
    ];

    /// <summary>All documents, by their paths in the repository.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        .. new[] { "docs", "examples" }
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .Select(f => Path.GetRelativePath(Root, f)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The commands of a document's blocks, in their order.</summary>
    /// <exception cref="FormatException">A block of commands has a line that is none.</exception>
    public static IEnumerable<DocumentedCommand> InBlocks(string document) =>
        from block in Blocks().Matches(TextOf(document))
        where Shells.Contains(block.Groups["language"].Value.Trim())
        from command in InBlock(document, LineEnd().Replace(block.Groups["text"].Value.TrimEnd('\n'), " ").Split('\n'))
        select command;

    /// <summary>What stands between backticks in the text around the blocks.</summary>
    public static IEnumerable<string> InText(string document) =>
        Spans().Matches(Blocks().Replace(TextOf(document), ""))
            .Select(m => LineBreak().Replace(m.Groups["text"].Value, " "));

    public static string TextOf(string document) => File.ReadAllText(Path.Combine(Root, document));

    public override string ToString() => $"{Document}: {Text}";

    private static IEnumerable<DocumentedCommand> InBlock(string document, string[] lines)
    {
        if (lines[0].StartsWith("$ ", StringComparison.Ordinal))
        {
            // A session: commands, and what each has printed.
            var starts = Enumerable.Range(0, lines.Length)
                .Where(i => lines[i].StartsWith("$ ", StringComparison.Ordinal)).Append(lines.Length).ToList();
            return starts.Zip(starts.Skip(1), (from, to) =>
                new DocumentedCommand(document, lines[from][2..], lines[(from + 1)..to]));
        }

        if (!IsCommand(lines[0]))
        {
            return [];
        }

        return lines.Select(line => IsCommand(line)
            ? new DocumentedCommand(document, line, [])
            : throw new FormatException(
                $"{document}: '{line}' begins with no program that is known, as the block does."));
    }

    private static bool IsCommand(string line) => Programs.Contains(FirstWord().Match(line).Groups["word"].Value);

    [GeneratedRegex("^```(?<language>[^\n]*)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"`(?<text>[^`]+)`")]
    private static partial Regex Spans();

    [GeneratedRegex(@"[ ]*\\\n[ ]*")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineBreak();

    // Behind the times of cron's table, a parenthesis, and variables.
    [GeneratedRegex(@"^([\d*/,-]+ ){0,5}\(?(\w+=\S+ )*(?<word>[^\s;]+)")]
    private static partial Regex FirstWord();
}
