using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Examples.Tests;

/// <summary>
/// Runs each program in <c>examples/</c> as its reader would, and compares what it prints with the lines after
/// <c>// &gt;</c> at its top.
/// </summary>
public sealed class ExampleTests
{
    private const string Expected = "// >";

    private static readonly string Root = FindRoot();

    private static readonly string Configuration = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Configuration").Value!;

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, "examples"), "*.cs").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Example_Run_PrintsWhatItSays(string name)
    {
        var path = Path.Combine("examples", name);
        var expected = File.ReadLines(Path.Combine(Root, path))
            .Where(line => line.StartsWith(Expected, StringComparison.Ordinal))
            .Select(line => line[Expected.Length..].TrimStart(' '))
            .ToList();
        Assert.NotEmpty(expected);

        var (output, error) = await RunAsync("run", "-c", Configuration, path);

        Assert.Equal("", error);
        Assert.Equal(expected, output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
    }

    private static async Task<(string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
