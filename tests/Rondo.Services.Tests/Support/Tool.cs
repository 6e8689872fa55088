using System.Diagnostics;

namespace Rondo.Services.Tests.Support;

/// <summary>Other people's programs, such as curl and openssl.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs one to its end; what it printed, errors behind the rest.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>The same for one that must not fail.</summary>
    public static async Task<string> DoAsync(string name, params string[] arguments)
    {
        var (code, output) = await RunAsync(name, arguments);
        Assert.True(code == 0, $"{name} {string.Join(' ', arguments)}: {code}\n{output}");
        return output;
    }
}
