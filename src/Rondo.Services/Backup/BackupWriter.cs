using System.IO.Compression;
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
    // A plain file that its owner may read and write, as zip keeps what Unix says of one.
    private const int PrivateFileMode = unchecked((int)0x81800000);

    private readonly string _path;
    private readonly string _beside;
    private readonly bool _overwrites;
    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly List<BackupPart> _parts = [];
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
        _zip = new ZipArchive(_file, ZipArchiveMode.Create, leaveOpen: true);
    }

    public IReadOnlyList<BackupPart> Parts => _parts;

    /// <summary>Of the whole archive; known once it is finished.</summary>
    public long Bytes { get; private set; }

    /// <param name="name">One of <see cref="BackupParts"/>.</param>
    /// <param name="write">Writes it.</param>
    public async Task AddAsync(string name, Func<CheckedStream, Task> write)
    {
        await using var entry = Begin(name);
        await using var part = new CheckedStream(entry);
        await write(part);
        _parts.Add(new BackupPart(name, part.Bytes, part.Hash));
    }

    /// <summary>Writes the manifest, and everything to the disk; then the archive gets its name.</summary>
    public void Finish(BackupManifest manifest)
    {
        using (var entry = Begin(BackupParts.Manifest))
        {
            manifest.Write(entry);
        }

        _zip.Dispose();
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
            Close(_zip);
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

    private Stream Begin(string name)
    {
        var entry = _zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.ExternalAttributes = PrivateFileMode;
        return entry.Open();
    }

    private void RefuseExisting()
    {
        if (!_overwrites && Path.Exists(_path))
        {
            throw new StartException($"'{_path}' is there already. Choose another name, or --overwrite it.");
        }
    }
}
