using System.Globalization;
using System.Runtime.InteropServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A thread as Linux sees it, read from <c>/proc</c> (proc(5)); elsewhere nothing is known about it. Reading takes
/// some 20 us and touches the thread in no way.
/// </summary>
internal sealed class OsThread
{
    // The calls in which a thread blocks; x86-64 counts in its own way, every newer architecture as arm64.
    private const string CallsOfX64 =
        "0 read 1 write 7 poll 17 pread64 18 pwrite64 19 readv 20 writev 23 select 35 nanosleep 42 connect "
        + "43 accept 44 sendto 45 recvfrom 46 sendmsg 47 recvmsg 61 wait4 72 fcntl 73 flock 74 fsync "
        + "75 fdatasync 202 futex 230 clock_nanosleep 232 epoll_wait 247 waitid 257 openat 270 pselect6 "
        + "271 ppoll 281 epoll_pwait 285 fallocate 288 accept4";

    private const string CallsOfOthers =
        "22 epoll_pwait 25 fcntl 32 flock 47 fallocate 56 openat 63 read 64 write 65 readv 66 writev "
        + "67 pread64 68 pwrite64 72 pselect6 73 ppoll 82 fsync 83 fdatasync 95 waitid 98 futex 101 nanosleep "
        + "115 clock_nanosleep 202 accept 203 connect 206 sendto 207 recvfrom 211 sendmsg 212 recvmsg "
        + "242 accept4 260 wait4";

    private static readonly Dictionary<int, string> s_calls =
        (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? CallsOfX64 : CallsOfOthers)
        .Split(' ')
        .Chunk(2)
        .ToDictionary(c => int.Parse(c[0], CultureInfo.InvariantCulture), c => c[1]);

    private static readonly HashSet<string> s_callsWithoutDescriptor =
        ["poll", "ppoll", "select", "pselect6", "nanosleep", "clock_nanosleep", "wait4", "waitid", "futex", "openat"];

    private readonly string _folder;

    public OsThread(int id)
    {
        Id = id;
        _folder = $"/proc/self/task/{id}/";
    }

    /// <summary>The kernel's number.</summary>
    public int Id { get; }

    /// <summary>The calling thread; null where there is no <c>/proc</c>.</summary>
    public static OsThread? Current() =>
        OperatingSystem.IsLinux()
        && Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget) is { } name
        && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new OsThread(id)
            : null;

    /// <summary>What it has had of the processor and had to wait for it; null when the kernel does not say.</summary>
    public OsThreadTimes? Times()
    {
        // "1047235 4220423 2": nanoseconds on a processor, nanoseconds ready but in the queue for one, time slices.
        if (Read("schedstat")?.Split(' ') is not [var running, var waiting, ..]
            || !long.TryParse(running, NumberStyles.None, CultureInfo.InvariantCulture, out var onProcessor)
            || !long.TryParse(waiting, NumberStyles.None, CultureInfo.InvariantCulture, out var inQueue))
        {
            return null;
        }

        return new OsThreadTimes(
            TimeSpan.FromTicks(onProcessor / TimeSpan.NanosecondsPerTick),
            TimeSpan.FromTicks(inQueue / TimeSpan.NanosecondsPerTick));
    }

    /// <summary>
    /// Whether it runs or could run, rather than waits for something; false when the kernel does not say.
    /// </summary>
    public bool IsRunnable()
    {
        // "2936 (name of ) the thread) R ...": the name may hold anything.
        var text = Read("stat");
        var end = text?.LastIndexOf(')') ?? -1;
        return end >= 0 && text!.AsSpan(end + 1).TrimStart() is ['R', ..];
    }

    /// <summary>
    /// What it is doing: <c>recvmsg on fd 60 (socket:[4711])</c>, <c>futex</c>, <c>running</c>; null when the kernel
    /// does not say.
    /// </summary>
    public string? SystemCall()
    {
        // "running", or number, six arguments, stack and instruction pointer, all but the first in hexadecimal.
        if (Read("syscall")?.Split(' ') is not [var first, .. var rest])
        {
            return null;
        }

        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return first;
        }

        var call = s_calls.GetValueOrDefault(number) ?? $"system call {number}";
        return rest is [['0', 'x', .. var argument], ..]
            && !s_callsWithoutDescriptor.Contains(call)
            && int.TryParse(argument, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var descriptor)
            && LinkOf(descriptor) is { } link
                ? $"{call} on fd {descriptor} ({link})"
                : call;
    }

    private static string? LinkOf(int descriptor)
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string? Read(string file)
    {
        try
        {
            return File.ReadAllText(_folder + file).TrimEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The thread has ended, or the kernel was built or set up without this.
            return null;
        }
    }
}

/// <summary>How a thread has spent its time so far.</summary>
/// <param name="OnProcessor">It ran.</param>
/// <param name="InQueue">It could have run, but others did.</param>
internal readonly record struct OsThreadTimes(TimeSpan OnProcessor, TimeSpan InQueue);
