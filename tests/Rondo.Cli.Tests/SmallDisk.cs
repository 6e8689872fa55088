using System.Diagnostics;

namespace Rondo.Cli.Tests;

/// <summary>
/// A disk of a few kilobytes, in a namespace of its own (unshare(1)), so that it takes no rights of the machine. It is
/// gone with the commands that run on it.
/// </summary>
internal static class SmallDisk
{
    /// <summary>Where it is not allowed, the test is skipped.</summary>
    public static async Task SkipWithoutAsync()
    {
        var (code, _) = OperatingSystem.IsLinux()
            ? await RunAsync("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
            : (1, "");
        Assert.SkipUnless(code == 0, "A small disk takes Linux and unshare -rm, which is not allowed here.");
    }

    /// <summary>Mounts one on <paramref name="folder"/> and runs a script of the shell there.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string folder, int kilobytes, string script) => RunAsync(
        "unshare", "-rm", "sh", "-c", $"mount -t tmpfs -o size={kilobytes}k tmpfs '{folder}' && cd '{folder}' && {script}");

    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await error);
    }
}
