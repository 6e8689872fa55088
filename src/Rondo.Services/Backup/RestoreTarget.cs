using Rondo.Services.Hosting;

namespace Rondo.Services.Backup;

/// <summary>
/// The folder that a backup is put into. Until <see cref="Finish"/> it carries a mark that keeps servers away, and given
/// up before, it is as it was.
/// </summary>
internal sealed class RestoreTarget : IDisposable
{
    private readonly DataFolder _folder;
    private readonly string? _movedTo;
    private bool _isFinished;

    private RestoreTarget(DataFolder folder, string? movedTo) => (_folder, _movedTo) = (folder, movedTo);

    public string Path => _folder.Path;

    /// <summary>Takes the folder; moves what is there if told where to.</summary>
    /// <param name="path">The folder, which may be missing.</param>
    /// <param name="moveOldTo">A folder that is not there yet; null to refuse a folder with anything in it.</param>
    /// <param name="bytes">What it must have room for.</param>
    /// <exception cref="StartException">It is not empty, is in use, has no room, or cannot be written.</exception>
    public static RestoreTarget Open(string path, string? moveOldTo, long bytes)
    {
        var isUsed = Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();
        if (isUsed && moveOldTo is null)
        {
            throw new StartException(
                $"'{path}' is not empty. Restore into an empty folder, or say where to move what is there: "
                    + "--move-old-to DIR.");
        }

        var movedTo = isUsed ? Move(path, System.IO.Path.GetFullPath(moveOldTo!)) : null;
        try
        {
            var folder = DataFolder.Take(path);
            var target = new RestoreTarget(folder, movedTo);
            try
            {
                target.Prepare(bytes);
                return target;
            }
            catch
            {
                target.Dispose();
                throw;
            }
        }
        catch when (movedTo is not null && !Directory.Exists(path))
        {
            Directory.Move(movedTo, path);
            throw;
        }
    }

    /// <summary>Everything is there: servers may use it.</summary>
    public void Finish()
    {
        File.Delete(System.IO.Path.Combine(Path, DataFolder.UnfinishedMark));
        _isFinished = true;
    }

    public void Dispose()
    {
        _folder.Dispose();
        if (_isFinished)
        {
            return;
        }

        // The mark goes last.
        var mark = System.IO.Path.Combine(Path, DataFolder.UnfinishedMark);
        foreach (var folder in Directory.GetDirectories(Path))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in Directory.GetFiles(Path).OrderBy(f => f == mark))
        {
            File.Delete(file);
        }

        if (_movedTo is not null)
        {
            Directory.Delete(Path);
            Directory.Move(_movedTo, Path);
        }
    }

    private static string Move(string path, string to)
    {
        if (System.IO.Path.Exists(to))
        {
            throw new StartException($"'{to}' is there already. Name a folder that is not, to move the old one to.");
        }

        // Nobody moves it away below a server.
        DataFolder.Take(path).Dispose();
        try
        {
            Directory.Move(path, to);
            return to;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be moved to '{to}': {error.Message}");
        }
    }

    private void Prepare(long bytes)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace;
        if (free < bytes)
        {
            throw new StartException(
                $"'{Path}' has room for {free / 1024 / 1024} MB, and the backup needs about {bytes / 1024 / 1024} MB.");
        }

        File.WriteAllText(System.IO.Path.Combine(Path, DataFolder.UnfinishedMark), "");
    }
}
