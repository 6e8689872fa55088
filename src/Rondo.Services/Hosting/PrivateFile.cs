namespace Rondo.Services.Hosting;

/// <summary>Files that only the user who runs Rondo may read.</summary>
internal static class PrivateFile
{
    /// <summary>Makes the file, which must not exist, and writes it to the disk.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
