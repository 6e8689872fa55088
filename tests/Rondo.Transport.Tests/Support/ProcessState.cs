using System.Globalization;

namespace Rondo.Transport.Tests.Support;

/// <summary>What this process holds, as the kernel counts it.</summary>
internal static class ProcessState
{
    public static int SocketCount => Directory.EnumerateFiles("/proc/self/fd").Count(IsSocketOrEpoll);

    public static int ThreadCount => int.Parse(
        File.ReadLines("/proc/self/status").Single(l => l.StartsWith("Threads:", StringComparison.Ordinal))[8..],
        CultureInfo.InvariantCulture);

    private static bool IsSocketOrEpoll(string path)
    {
        var target = new FileInfo(path).LinkTarget;
        return target is not null
            && (target.StartsWith("socket:", StringComparison.Ordinal)
                || target.StartsWith("anon_inode:", StringComparison.Ordinal));
    }
}
