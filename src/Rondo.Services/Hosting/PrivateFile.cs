namespace Rondo.Services.Hosting;

/// <summary>Files that only the user who runs Rondo may read.</summary>
internal static class PrivateFile
{
    private const int LargestText = 64 * 1024;

    private const UnixFileMode Others =
        UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads a short text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mayBeOfGroup">Whether the file's group may read it, too.</param>
    /// <exception cref="StartException">It cannot be read, is too long, or others can read or write it.</exception>
    public static string ReadText(string path, bool mayBeOfGroup = false)
    {
        var refused = mayBeOfGroup ? Others : Others | UnixFileMode.GroupRead;
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & refused) != 0)
            {
                throw new StartException(
                    $"'{path}' holds a secret, and others can read or write it: chmod 600 '{path}'.");
            }

            return new FileInfo(path).Length <= LargestText
                ? File.ReadAllText(path)
                : throw new StartException($"'{path}' is too long for a secret.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be read: {error.Message}");
        }
    }

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
