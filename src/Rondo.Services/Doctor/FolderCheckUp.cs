using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Rondo.Services.Doctor;

/// <summary>Who may read the data folder, and the disk it is on.</summary>
internal static class FolderCheckUp
{
    private const long LeastFree = 64L * 1024 * 1024;
    private const long EnoughFree = 1024L * 1024 * 1024;
    private const int Syncs = 8;
    private const int BlockBytes = 4096;

    private const UnixFileMode Readers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Writers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Others learn nothing from these.
    private static readonly string[] Harmless = ["rondo.lock", "rondo.pid", "authority.crt"];

    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<Finding> Look(Patient patient)
    {
        var folder = patient.Folder;
        if (!Directory.Exists(folder))
        {
            yield return Finding.Ok(FindingCodes.Folder, $"'{folder}' is not there yet; the first start makes it");
            yield break;
        }

        yield return Access(folder);
        yield return Space(folder);
        yield return Sync(folder);
    }

    private static Finding Access(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return Finding.Ok(FindingCodes.Folder, $"'{folder}'; rights are not looked at on this system");
        }

        try
        {
            string? readable = null;
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => !Harmless.Contains(Path.GetFileName(f))))
            {
                if ((File.GetUnixFileMode(file) & (Readers | Writers)) != 0)
                {
                    readable = file;
                    break;
                }
            }

            var mode = File.GetUnixFileMode(folder);
            var text = Convert.ToString((int)mode, 8);
            return readable is not null
                ? Finding.Fail(FindingCodes.Folder, $"others can read '{readable}'")
                : (mode & Writers) != 0 ? Finding.Fail(FindingCodes.Folder, $"others can write to '{folder}', mode {text}")
                : (mode & Readers) != 0 ? Finding.Warn(FindingCodes.Folder, $"others can list '{folder}', mode {text}")
                : Finding.Ok(FindingCodes.Folder, $"'{folder}', mode {text}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(FindingCodes.Folder, error.Message);
        }
    }

    private static Finding Space(string folder)
    {
        try
        {
            var disk = new DriveInfo(folder);
            var free = disk.AvailableFreeSpace;
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{free / 1048576.0:N0} MB free, {100.0 * free / Math.Max(1, disk.TotalSize):0} % of the disk");
            return free < LeastFree ? Finding.Fail(FindingCodes.DiskSpace, text)
                : free < EnoughFree ? Finding.Warn(FindingCodes.DiskSpace, text)
                : Finding.Ok(FindingCodes.DiskSpace, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(FindingCodes.DiskSpace, error.Message);
        }
    }

    // As the event store does: a small write, and then the disk's word for it.
    private static Finding Sync(string folder)
    {
        var probe = Path.Combine(folder, $"doctor.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.tmp");
        try
        {
            using var file = new FileStream(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, BlockBytes, FileOptions.DeleteOnClose);
            var times = new List<TimeSpan>();
            for (var i = 0; i < Syncs; i++)
            {
                file.Write(new byte[BlockBytes]);
                var start = Stopwatch.GetTimestamp();
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(start));
            }

            times.Sort();
            var median = times[Syncs / 2];
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"fsync takes {median.TotalMilliseconds:0.0} ms, at most {times[^1].TotalMilliseconds:0.0} ms");
            return median > SlowSync ? Finding.Warn(FindingCodes.DiskSync, text) : Finding.Ok(FindingCodes.DiskSync, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(FindingCodes.DiskSync, $"a write of {BlockBytes} bytes fails: {error.Message}");
        }
    }
}
