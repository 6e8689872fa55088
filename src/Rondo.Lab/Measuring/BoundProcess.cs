using System.Diagnostics;
using Rondo.Transport.Native;

namespace Rondo.Lab.Measuring;

/// <summary>Starts processes that run on certain processors only, so that they do not disturb each other.</summary>
internal static class BoundProcess
{
    /// <summary>The processors that this process may use; empty where the system does not say.</summary>
    public static IReadOnlyList<int> Processors { get; } =
        OperatingSystem.IsLinux() ? LinuxCalls.AllowedProcessors() : [];

    /// <summary>Starts a process; it and whatever it starts stay on these processors.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="processors">Empty for any.</param>
    public static Process? Start(ProcessStartInfo start, IReadOnlyList<int> processors)
    {
        if (processors.Count == 0 || !OperatingSystem.IsLinux())
        {
            return Process.Start(start);
        }

        // A process begins where the thread may run that starts it: the runtime then sees only these processors.
        LinuxCalls.AllowProcessors([.. processors]);
        try
        {
            return Process.Start(start);
        }
        finally
        {
            LinuxCalls.AllowProcessors([.. Processors]);
        }
    }

    /// <summary>How this program is started again, with other arguments.</summary>
    public static ProcessStartInfo Again(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return new ProcessStartInfo(
            program,
            Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [Path.Combine(AppContext.BaseDirectory, "rondo.dll"), .. arguments]
                : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
