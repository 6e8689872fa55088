using System.Globalization;

namespace Rondo.Lab.Load.Engine;

/// <summary>What the kernel's scheduler has given the calling thread, in nanoseconds; zeros where it does not say.</summary>
/// <param name="Running">On a processor.</param>
/// <param name="Waiting">Ready to run, and waiting for a processor.</param>
internal readonly record struct ThreadUse(long Running, long Waiting)
{
    public static ThreadUse Now()
    {
        const string File = "/proc/thread-self/schedstat";
        if (!OperatingSystem.IsLinux() || !System.IO.File.Exists(File))
        {
            return default;
        }

        var fields = System.IO.File.ReadAllText(File).Split(' ');
        return new ThreadUse(
            long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    public ThreadUse Since(ThreadUse before) => new(Running - before.Running, Waiting - before.Waiting);
}
