using System.Security.Cryptography;
using Rondo.Services.Hosting;

namespace Rondo.Services.Backup;

/// <summary>
/// Writes an archive (zip) under another name, for its owner alone, and gives it its own when it is whole and on the
/// disk: under that name there is never a part of one.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class BackupWriter : IDisposable
{
    private readonly string _path;
    private readonly string _beside;
    private readonly bool _overwrites;
    private readonly FileStream _file;
    private bool _isFinished;

    /// <exception cref="StartException">There is such a file.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public BackupWriter(string path, bool overwrites)
    {
        _path = Path.GetFullPath(path);
        _overwrites = overwrites;
        RefuseExisting();

        // A name that nobody can have guessed: who may write to the folder could have put a link there.
        _beside = $"{_path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(_beside, options);
        Archive = new ArchiveWriter(_file);
    }

    /// <summary>Takes what goes into it.</summary>
    public ArchiveWriter Archive { get; }

    /// <summary>Of the whole archive; known once it is finished.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes the manifest, and everything to the disk; then the archive gets its name.</summary>
    public void Finish(BackupManifest manifest)
    {
        Archive.Finish(manifest);
        _file.Flush(flushToDisk: true);
        Bytes = _file.Length;
        _file.Dispose();
        RefuseExisting();
        File.Move(_beside, _path, _overwrites);
        _isFinished = true;
    }

    public void Dispose()
    {
        if (_isFinished)
        {
            return;
        }

        try
        {
            Close(Archive);
            Close(_file);
        }
        finally
        {
            File.Delete(_beside);
        }
    }

    // Both write what they still hold; that the disk is full was said before.
    private static void Close(IDisposable written)
    {
        try
        {
            written.Dispose();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private void RefuseExisting()
    {
        if (!_overwrites && Path.Exists(_path))
        {
            throw new StartException($"'{_path}' is there already. Choose another name, or --overwrite it.");
        }
    }
}
