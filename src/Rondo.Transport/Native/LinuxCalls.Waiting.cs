using System.Runtime.InteropServices;

namespace Rondo.Transport.Native;

internal unsafe partial class LinuxCalls
{
    // Whether the kernel (5.11) and libc (2.35) can wait to the nanosecond; the same for every loop.
    private static volatile bool s_waitsPrecisely = true;

    /// <summary>
    /// Waits for events, at most so long: not at all for zero, for ever for <see cref="Timeout.InfiniteTimeSpan"/>.
    /// Does not return early; late by a millisecond at most where the system cannot wait to the nanosecond.
    /// </summary>
    /// <returns>How many events there are.</returns>
    public virtual int EpollWait(int epoll, EpollEvents events, TimeSpan limit)
    {
        if (s_waitsPrecisely && limit > TimeSpan.Zero)
        {
            var count = WaitPrecisely(epoll, events, limit);

            // Some filters of system calls refuse what they do not know.
            if (count is not (-Errno.NotImplemented or -Errno.NotPermitted))
            {
                return count;
            }

            s_waitsPrecisely = false;
        }

        fixed (uint* at = events.Words)
        {
            return FrequentOutcome(epoll_wait(epoll, at, events.Capacity, Milliseconds(limit)));
        }
    }

    /// <summary>Rounded up: a loop that woke before its deadline would spin until it.</summary>
    protected static int Milliseconds(TimeSpan limit) =>
        limit == TimeSpan.Zero ? 0
        : limit == Timeout.InfiniteTimeSpan ? -1
        : (int)Math.Min(int.MaxValue, Math.Ceiling(limit.TotalMilliseconds));

    private static int WaitPrecisely(int epoll, EpollEvents events, TimeSpan limit)
    {
        // struct timespec
        var time = stackalloc long[2];
        (time[0], var rest) = Math.DivRem(limit.Ticks, TimeSpan.TicksPerSecond);
        time[1] = rest * TimeSpan.NanosecondsPerTick;
        try
        {
            fixed (uint* at = events.Words)
            {
                return FrequentOutcome(epoll_pwait2(epoll, at, events.Capacity, time, 0));
            }
        }
        catch (EntryPointNotFoundException)
        {
            return -Errno.NotImplemented;
        }
    }

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, uint* events, int most, int milliseconds);

    [LibraryImport("libc")]
    private static partial int epoll_pwait2(int epoll, uint* events, int most, long* limit, nint signals);
}
