using System.IO.Compression;

namespace Rondo.Services.Backup;

/// <summary>Writes the entries of an archive (zip), one after the other, the manifest last.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class ArchiveWriter(Stream output) : IDisposable
{
    // A plain file that its owner may read and write, as zip keeps what Unix says of one.
    private const int PrivateFileMode = unchecked((int)0x81800000);

    private readonly ZipArchive _zip = new(output, ZipArchiveMode.Create, leaveOpen: true);
    private readonly List<BackupPart> _parts = [];

    public IReadOnlyList<BackupPart> Parts => _parts;

    /// <param name="name">One of <see cref="BackupParts"/>.</param>
    /// <param name="write">Writes it.</param>
    public async Task AddAsync(string name, Func<CheckedStream, Task> write)
    {
        await using var entry = Begin(name);
        await using var part = new CheckedStream(entry);
        await write(part);
        _parts.Add(new BackupPart(name, part.Bytes, part.Hash));
    }

    /// <summary>Writes the manifest and what ends the archive.</summary>
    public void Finish(BackupManifest manifest)
    {
        using (var entry = Begin(BackupParts.Manifest))
        {
            manifest.Write(entry);
        }

        _zip.Dispose();
    }

    public void Dispose() => _zip.Dispose();

    private Stream Begin(string name)
    {
        var entry = _zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.ExternalAttributes = PrivateFileMode;
        return entry.Open();
    }
}
