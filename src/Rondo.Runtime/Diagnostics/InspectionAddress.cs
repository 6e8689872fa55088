using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Where a process can be asked for its task tree: a Unix socket in a folder that its owner alone may enter, or a named
/// pipe of the current user.
/// </summary>
internal static class InspectionAddress
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folders that a process of this user may have taken, the best first.</summary>
    public static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            yield return Path.Combine(runtime, "rondo");
        }

        yield return $"/tmp/rondo-{UserId()}";
    }

    /// <summary>The socket of a process in one of these folders.</summary>
    public static string Socket(string folder, int processId) =>
        Path.Combine(folder, processId.ToString(CultureInfo.InvariantCulture) + ".sock");

    /// <summary>The named pipe of a process, where there are no such sockets.</summary>
    public static string Pipe(int processId) => string.Create(CultureInfo.InvariantCulture, $"rondo-{processId}");

    /// <summary>Makes the folder, or takes it if it is ours, and lets nobody else in.</summary>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    /// <exception cref="IOException">It cannot be made, or is a link to another place.</exception>
    public static void Claim(string folder)
    {
#pragma warning disable CA1416 // Only asked for where there are Unix sockets.
        var directory = Directory.CreateDirectory(folder, OwnerOnly);
        if (directory.LinkTarget is not null)
        {
            throw new IOException($"'{folder}' is a link.");
        }

        // Nobody but the owner may do this.
        File.SetUnixFileMode(folder, OwnerOnly);
#pragma warning restore CA1416
    }

    private static string UserId()
    {
        const string key = "Uid:";
        const string status = "/proc/self/status";
        return File.Exists(status)
            && File.ReadLines(status).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) is { } line
                ? line[key.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries)[0]
                : Environment.UserName;
    }
}
