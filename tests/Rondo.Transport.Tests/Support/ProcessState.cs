using System.Globalization;

namespace Rondo.Transport.Tests.Support;

/// <summary>What this process holds, as the kernel counts it.</summary>
internal static class ProcessState
{
    // The platform's own sockets open an epoll descriptor with the first use and keep it.
    static ProcessState()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.ConnectAsync((IPEndPoint)listener.LocalEndpoint).GetAwaiter().GetResult();
        client.GetStream().ReadAsync(new byte[1]).AsTask();
    }

    public static int SocketCount => Directory.EnumerateFiles("/proc/self/fd").Count(IsSocketOrEpoll);

    /// <summary>The descriptor that has so many free ones before it: the kernel gives the lowest free number.</summary>
    public static int DescriptorAfter(int free)
    {
        var taken = Directory.EnumerateFiles("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        return Enumerable.Range(0, int.MaxValue).Where(number => !taken.Contains(number)).ElementAt(free);
    }

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
