using System.Diagnostics;

namespace Rondo.Runtime.Tests;

/// <summary>Runs one test of this assembly in a process of its own.</summary>
internal static class ChildRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="method">The test's full name; it may be an explicit one.</param>
    /// <param name="environment">Added to this process's.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string method, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(ChildRun).Assembly.Location, "-noLogo", "-noColor", "-explicit", "on", "-method", method,
            },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var limit = new CancellationTokenSource(Patience);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        var text = await output + await errors;
        return (text.Contains("Total: 1,", StringComparison.Ordinal) ? process.ExitCode : -1, text);
    }
}
