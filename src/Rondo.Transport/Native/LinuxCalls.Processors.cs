using System.Runtime.InteropServices;

namespace Rondo.Transport.Native;

internal unsafe partial class LinuxCalls
{
    // As many as the kernel is built for, at most; it refuses a mask that is too short.
    private const int MaskBytes = 1024;

    /// <summary>The processors on which the calling thread may run, ascending; empty if the system does not say.</summary>
    public static int[] AllowedProcessors()
    {
        var mask = stackalloc byte[MaskBytes];
        var found = new List<int>();
        if (sched_getaffinity(0, MaskBytes, mask) >= 0)
        {
            for (var i = 0; i < MaskBytes * 8; i++)
            {
                if ((mask[i / 8] & (1 << (i % 8))) != 0)
                {
                    found.Add(i);
                }
            }
        }

        return [.. found];
    }

    /// <summary>Binds the calling thread to these processors, and with it what it starts from now on.</summary>
    public static int AllowProcessors(ReadOnlySpan<int> processors)
    {
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        foreach (var processor in processors)
        {
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        return Outcome(sched_setaffinity(0, MaskBytes, mask));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int process, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int process, nuint size, byte* mask);
}
