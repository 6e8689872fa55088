using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Rondo.Package.Tests;

/// <summary>Runs programs as somebody at a terminal would.</summary>
internal static class Tool
{
    // Builds, on a machine that has other things to do.
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(8);

    public static readonly string Root = FindRoot();

    /// <summary>What is restored for all projects of this user, so that nothing has to be fetched again.</summary>
    public static string Cache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Runs to the end, which must be good; what it printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_guard);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(
            process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}{await error}");
        return await output;
    }

    public static Process Start(string program, params string[] arguments) => Process.Start(
        // What is no file here is looked for in the path.
        new ProcessStartInfo(Path.Combine(Root, program) is var own && File.Exists(own) ? own : program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
