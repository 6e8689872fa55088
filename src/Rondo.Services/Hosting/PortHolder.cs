using System.Globalization;

namespace Rondo.Services.Hosting;

/// <summary>
/// Finds out which process listens on a TCP port, from Linux' <c>/proc</c>; elsewhere it knows nothing.
/// </summary>
internal static class PortHolder
{
    private const string Listening = "0A";

    /// <summary>"process 1234 (nginx)", or null when it cannot be told.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var sockets = SocketsListeningOn(port).Select(inode => $"socket:[{inode}]").ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
                .Where(folder => int.TryParse(Path.GetFileName(folder), out _) && Holds(folder, sockets))
                .Select(folder =>
                {
                    var name = File.ReadAllText(Path.Combine(folder, "comm")).Trim();
                    return $"process {Path.GetFileName(folder)} ({name})";
                })
                .FirstOrDefault();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> SocketsListeningOn(int port) =>
        from file in new[] { "/proc/net/tcp", "/proc/net/tcp6" }
        where File.Exists(file)
        from line in File.ReadLines(file).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[3] == Listening
            && PortOf(fields[1]) == port
        select fields[9];

    private static int PortOf(string address) => int.Parse(
        address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }
}
