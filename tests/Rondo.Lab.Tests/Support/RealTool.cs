using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Lab.Tests.Support;

/// <summary>A tool as its users have it, and the form of what it prints.</summary>
internal static partial class RealTool
{
    // Numbers and units vary, and so does the first line of ab, which says who it is; spaces count between words only.
    public static List<string> Grammar(string text) =>
    [
        .. text.TrimEnd('\n').Split('\n')
            .Select(l => Number().Replace(l.Replace("-nan%", "0%", StringComparison.Ordinal), "#"))
            .Select(l => Day().Replace(l, "DAY"))
            .Select(l => Regex.Replace(l, " +", " ")),
    ];

    // What ab judges of its own figures depends on them.
    public static List<string> AbLines(string text) =>
    [
        .. Grammar(text[text.IndexOf("Benchmarking", StringComparison.Ordinal)..])
            .Where(l => !Judgement().IsMatch(l))
            .Select(l => l.StartsWith("Concurrency", StringComparison.Ordinal) ? l : l.Replace(".", "", StringComparison.Ordinal)),
    ];

    public static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"\b\d+(\.\d+)?(us|ms|s|k|K|M|G)?(?=$|[^\w.])|\b\d+(\.\d+)?[KMG]?(?=B)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\w{3} \w{3} +#? ?# #:#:# #|^\w{3} \w{3} .*?(?=\t)")]
    private static partial Regex Day();

    [GeneratedRegex("^(WARNING|ERROR): The median|^ (These results are probably|deviation apart)")]
    private static partial Regex Judgement();
}
