using System.Runtime.InteropServices;

namespace Rondo.Transport.Native;

internal unsafe partial class LinuxCalls
{
    /// <summary>As <see cref="EpollWait"/>, but to the nanosecond, where the kernel (5.11) and libc (2.35) can.</summary>
    /// <returns>-<see cref="Errno.NotImplemented"/> where they cannot.</returns>
    public virtual int EpollWaitFor(int epoll, EpollEvents events, long nanoseconds)
    {
        var limit = stackalloc long[2];
        (limit[0], limit[1]) = Math.DivRem(nanoseconds, 1_000_000_000);
        try
        {
            fixed (uint* at = events.Words)
            {
                return Outcome(epoll_pwait2(epoll, at, events.Capacity, limit, 0));
            }
        }
        catch (EntryPointNotFoundException)
        {
            return -Errno.NotImplemented;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, uint* events, int most, long* limit, nint signals);
}
