using System.Diagnostics;

namespace ChaosProgram;

/// <summary>A file system of 16 MB in memory, and a file that takes what room there is.</summary>
internal sealed class SmallDisk : ChaosDisk
{
    private const int MostLeft = 64 * 1024;

    private readonly string _ballast;

    private SmallDisk(string path)
        : base(path) => _ballast = System.IO.Path.Combine(path, "ballast");

    /// <summary>Why there is none; null when there is, or nobody has asked.</summary>
    public static string? Refusal { get; private set; }

    public override string Name => "a file system of 16 MB";

    public override bool FillsUp => true;

    public static SmallDisk? TryMount()
    {
        var path = Directory.CreateTempSubdirectory("rondo-chaos-").FullName;
        var error = Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", path);
        if (error is null)
        {
            return new SmallDisk(path);
        }

        Refusal = error;
        Directory.Delete(path);
        return null;
    }

    public override void Fill(Random random)
    {
        using var file = new FileStream(
            _ballast, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            file.SetLength(Math.Max(0, file.Length - random.Next(MostLeft)));
        }
    }

    public override void MakeRoom() => File.Delete(_ballast);

    public override void Remove()
    {
        if (Run("umount", Path) is { } error)
        {
            throw new IOException(error);
        }

        Directory.Delete(Path);
    }

    // What went wrong, or null.
    private static string? Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
