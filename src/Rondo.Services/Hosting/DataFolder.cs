namespace Rondo.Services.Hosting;

/// <summary>
/// The folder that holds everything Rondo keeps. One process at a time may hold it open for writing; the lock is the
/// kernel's, so it is gone the moment the process is, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>
    /// In a folder that a restore has not finished. Whoever opens it is told so: half of what was there looks like all
    /// of it.
    /// </summary>
    public const string UnfinishedMark = "restore.unfinished";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    public string DatabasePath => DatabasePathIn(Path);

    public static string DatabasePathIn(string folder) => System.IO.Path.Combine(folder, "rondo.db");

    /// <summary>
    /// <paramref name="flag"/>, else <c>RONDO_DATA</c>, else <c>$XDG_DATA_HOME/rondo</c> (the platform's own data
    /// folder when unset).
    /// </summary>
    public static string Resolve(string? flag)
    {
        var folder = flag ?? Environment.GetEnvironmentVariable("RONDO_DATA");
        if (string.IsNullOrEmpty(folder))
        {
            folder = System.IO.Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "rondo");
        }

        return System.IO.Path.GetFullPath(folder);
    }

    /// <summary>Creates the folder if needed and takes it.</summary>
    /// <exception cref="StartException">
    /// Another process holds it, it cannot be written, or a restore into it was cut off.
    /// </exception>
    public static DataFolder Open(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, UnfinishedMark)))
        {
            throw new StartException(
                $"A restore into '{path}' was not finished: there is only a part of the backup. Empty the folder and "
                    + "restore again.");
        }

        return Take(path);
    }

    /// <summary>The same for who restores it.</summary>
    /// <exception cref="StartException">Another process holds it, or it cannot be written.</exception>
    public static DataFolder Take(string path)
    {
        var holder = System.IO.Path.Combine(path, "rondo.pid");
        try
        {
            CreatePrivate(path);
            var lockFile = new FileStream(
                System.IO.Path.Combine(path, "rondo.lock"),
                FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString());
            return new DataFolder(path, lockFile);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartException(
                $"The data folder '{path}' cannot be written: {error.Message} Choose another with --data.");
        }
        catch (IOException error)
        {
            var pid = File.Exists(holder) ? File.ReadAllText(holder).Trim() : "unknown";
            throw new StartException(
                $"The data folder '{path}' is in use by process {pid}, or cannot be opened ({error.Message}). "
                + "Stop that process or choose another folder with --data.");
        }
    }

    /// <summary>
    /// Makes a file that nobody but this user may read, or takes that right from others. SQLite gives the files that it
    /// keeps beside one the same rights.
    /// </summary>
    public static void MakePrivate(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            if (File.Exists(file))
            {
                File.SetUnixFileMode(file, mine);
                return;
            }

            using var made = new FileStream(
                file,
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mine });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Who opens it next says what is wrong with it.
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Creates it if needed. It will hold the hashes of keys: nobody else needs to read it.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
