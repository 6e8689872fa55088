using System.Buffers.Binary;
using System.IO.Compression;
using Rondo.Services.Hosting;

namespace Rondo.Services.Backup;

/// <summary>
/// Reads an archive that somebody may have damaged or made on purpose: nothing in it is believed before all of it has
/// been compared with its manifest, and no name in it becomes a path.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class BackupReader : IDisposable
{
    private const int MostEntries = 64;

    // The last record of a zip without a comment (APPNOTE.TXT 4.3.16).
    private const int EndBytes = 22;
    private const uint EndSignature = 0x06054b50;
    private const int EntriesAt = 10;

    private const int TypeMask = 0xF000;
    private const int PlainFile = 0x8000;

    private readonly string _shown;
    private readonly bool _isOfService;
    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private BackupReader(string shown, bool isOfService, FileStream file)
    {
        (_shown, _isOfService, _file) = (shown, isOfService, file);
        _zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
    }

    public BackupManifest Manifest { get; private set; } = null!;

    /// <summary>Opens an archive and reads all of it once.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="outer">The archive that it came in; null for one that stands alone.</param>
    /// <exception cref="StartException">It is none, is not whole, or is of a newer Rondo.</exception>
    public static BackupReader Open(string path, BackupReader? outer = null)
    {
        var shown = outer?._shown ?? path;
        BackupReader? reader = null;
        try
        {
            var file = File.OpenRead(path);
            try
            {
                CheckEnd(file);
                reader = new BackupReader(shown, outer is not null, file);
            }
            finally
            {
                if (reader is null)
                {
                    file.Dispose();
                }
            }

            reader.Check();
            return reader;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException)
        {
            reader?.Dispose();
            throw Refuse(shown, error);
        }
    }

    /// <summary>The services of which it holds an archive.</summary>
    public IReadOnlyList<string> Services =>
        [.. BackupParts.Services.Where(s => Has(BackupParts.OfService(s)))];

    public bool Has(string name) => Manifest.Parts.Any(p => p.Name == name);

    /// <summary>
    /// A part; what has been read of it is compared with the manifest when <paramref name="read"/> has ended.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not what the manifest says.</exception>
    public async Task<T> ReadAsync<T>(string name, Func<Stream, Task<T>> read)
    {
        var part = Manifest.Parts.Single(p => p.Name == name);
        await using var entry = await _entries[name].OpenAsync();
        await using var text = new CheckedStream(entry, part.Bytes);
        var result = await read(text);
        Compare(part, text);
        return result;
    }

    public StartException Refuse(Exception error) => Refuse(_shown, error);

    public void Dispose()
    {
        _zip.Dispose();
        _file.Dispose();
    }

    private static StartException Refuse(string path, Exception error) => new(
        error is FileNotFoundException or DirectoryNotFoundException ? $"There is no file '{path}'."
        : error is InvalidDataException or NotSupportedException or ArgumentException
            ? $"'{path}' cannot be restored: {error.Message.TrimEnd('.')}. Nothing was changed."
        : $"'{path}' cannot be read: {error.Message}");

    private static void CheckEnd(FileStream file)
    {
        if (file.Length == 0)
        {
            throw new InvalidDataException("it is empty");
        }

        Span<byte> end = stackalloc byte[EndBytes];
        var hasEnd = file.Length >= EndBytes;
        if (hasEnd)
        {
            file.Seek(-EndBytes, SeekOrigin.End);
            file.ReadExactly(end);
            hasEnd = BinaryPrimitives.ReadUInt32LittleEndian(end) == EndSignature;
        }

        file.Position = 0;
        if (!hasEnd)
        {
            throw new InvalidDataException("it is no backup, or a part of one: its end is missing");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(end[EntriesAt..]) > MostEntries)
        {
            throw new InvalidDataException("it has more entries than a backup has");
        }
    }

    private void Check()
    {
        if (_zip.Entries.All(e => e.FullName != BackupParts.Manifest))
        {
            throw new InvalidDataException($"it is no backup of Rondo: it has no {BackupParts.Manifest}");
        }

        foreach (var entry in _zip.Entries)
        {
            CheckName(entry);
            if (!_entries.TryAdd(entry.FullName, entry))
            {
                throw new InvalidDataException($"it has '{entry.FullName}' twice");
            }
        }

        Manifest = ReadManifest();
        var announced = Manifest.Parts.Select(p => p.Name).ToHashSet();
        if (announced.Count != Manifest.Parts.Count)
        {
            throw new InvalidDataException($"its {BackupParts.Manifest} names a file twice");
        }

        foreach (var name in announced.Where(n => !BackupParts.IsPart(n, _isOfService)))
        {
            throw new InvalidDataException($"its {BackupParts.Manifest} names '{Shown(name)}', which no backup has");
        }

        foreach (var name in announced.Append(BackupParts.Events).Append(BackupParts.Tables)
            .Where(n => !_entries.ContainsKey(n) || !announced.Contains(n)))
        {
            throw new InvalidDataException($"'{name}' is missing");
        }

        if (_entries.Keys.FirstOrDefault(n => n != BackupParts.Manifest && !announced.Contains(n)) is { } extra)
        {
            throw new InvalidDataException($"it has '{extra}', which its {BackupParts.Manifest} does not name");
        }

        Manifest.Parts.ToList().ForEach(CheckPart);
    }

    private void CheckName(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        var type = (entry.ExternalAttributes >> 16) & TypeMask;
        if (name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains(".."))
        {
            throw new InvalidDataException($"it has '{Shown(name)}', which leads out of the folder");
        }

        if (type is not (0 or PlainFile))
        {
            throw new InvalidDataException($"it has '{Shown(name)}', which is no plain file");
        }

        if (name != BackupParts.Manifest && !BackupParts.IsPart(name, _isOfService))
        {
            throw new InvalidDataException($"it has '{Shown(name)}', which no backup has");
        }
    }

    private BackupManifest ReadManifest()
    {
        using var text = _entries[BackupParts.Manifest].Open();
        return BackupManifest.Parse(BoundedStream.ReadAll(text, BackupManifest.MostBytes)
            ?? throw new InvalidDataException($"its {BackupParts.Manifest} is too long"));
    }

    private void CheckPart(BackupPart part)
    {
        var entry = _entries[part.Name];
        if (part.Bytes < 0 || entry.Length != part.Bytes
            || (BackupParts.FolderFiles.Contains(part.Name) && part.Bytes > BackupParts.MostFileBytes))
        {
            throw new InvalidDataException($"'{part.Name}' has not the size that its {BackupParts.Manifest} names");
        }

        using var packed = entry.Open();
        using var text = new CheckedStream(packed, part.Bytes);
        var buffer = new byte[64 * 1024];
        while (text.Read(buffer) > 0)
        {
        }

        Compare(part, text);
    }

    private static void Compare(BackupPart part, CheckedStream text)
    {
        if (text.Bytes != part.Bytes || text.Hash != part.Hash)
        {
            throw new InvalidDataException($"'{part.Name}' is damaged: its checksum is another");
        }
    }

    // What somebody else has chosen goes to a terminal.
    private static string Shown(string name) =>
        string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
