using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Inspect;

/// <summary>Finds the .NET processes of this machine without disturbing them.</summary>
internal static partial class ProcessFinder
{
    private const string TraceScope = "/proc/sys/kernel/yama/ptrace_scope";

    /// <summary>Those that the caller may look at, by id.</summary>
    public static IEnumerable<(int Id, string Version, string Command)> All()
    {
        foreach (var process in Process.GetProcesses().OrderBy(p => p.Id))
        {
            using (process)
            {
                if (process.Id != Environment.ProcessId && VersionOf(process) is { } version)
                {
                    yield return (process.Id, version, CommandOf(process));
                }
            }
        }
    }

    /// <summary>Finds out beforehand what a failure to look would not say.</summary>
    /// <exception cref="InspectionException">There is no such process, or it is none of .NET's or of ours.</exception>
    public static void Check(int processId)
    {
        Process process;
        try
        {
            // A negative one stands for a group of processes, to the system.
            process = Process.GetProcessById(processId > 0 ? processId : throw new ArgumentException("No process."));
        }
        catch (ArgumentException)
        {
            throw new InspectionException($"there is no process {processId}. 'rondo ps' lists those of .NET.");
        }

        using (process)
        {
            try
            {
                if (RuntimeOf(process) is null)
                {
                    throw new InspectionException(
                        $"process {processId} ({process.ProcessName}) is not a .NET process. "
                            + "'rondo ps' lists those that are.");
                }
            }
            catch (Exception error) when (error is UnauthorizedAccessException or IOException
                or System.ComponentModel.Win32Exception)
            {
                throw new InspectionException(
                    $"process {processId} ({process.ProcessName}) belongs to another user, or is protected: "
                        + "run rondo as that user, or as root.");
            }
        }
    }

    /// <summary>
    /// What to do when the system does not let one process look into another; empty if that is unknown.
    /// </summary>
    public static string Advice() =>
        File.Exists(TraceScope) && File.ReadAllText(TraceScope).Trim() is var scope and not "0"
            ? $" This system does not let processes look into each other (kernel.yama.ptrace_scope is {scope}): run "
                + "rondo as root, or 'sudo sysctl kernel.yama.ptrace_scope=0'; or start the process with "
                + "RONDO_INSPECT=1, if it runs an event loop of Rondo."
            : "";

    private static string? VersionOf(Process process)
    {
        try
        {
            return RuntimeOf(process) is { } runtime ? Version().Match(runtime).Value : null;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException or InvalidOperationException
            or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The path of the runtime that the process has loaded; null if it has none.</summary>
    private static string? RuntimeOf(Process process)
    {
        var maps = $"/proc/{process.Id}/maps";
        return Directory.Exists("/proc/self")
            ? File.ReadLines(maps).FirstOrDefault(IsRuntime) is { } line ? line[line.IndexOf('/')..] : null
            : process.Modules.Cast<ProcessModule>().Select(m => m.FileName).FirstOrDefault(IsRuntime);
    }

    private static bool IsRuntime(string path) => path.Contains("coreclr", StringComparison.Ordinal);

    private static string CommandOf(Process process)
    {
        try
        {
            var file = $"/proc/{process.Id}/cmdline";
            return File.Exists(file) ? File.ReadAllText(file).Replace('\0', ' ').Trim() : process.ProcessName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"\d+\.\d+\.\d+[^/\\]*")]
    private static partial Regex Version();
}
