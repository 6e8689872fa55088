using System.IO.Compression;
using System.Text.Json.Nodes;
using Rondo.Services.Backup;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Backup;

/// <summary>A place whose services have folders of their own in one archive.</summary>
public sealed class SplitBackupTests(FilledPlace place) : IClassFixture<FilledPlace>, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Services_OfAnArchive_AreThoseThatAreSplit() => Assert.Equal(
        ServiceTable.Apart.Select(r => r.Name).Order(), BackupParts.Services.Order());

    [Fact]
    public async Task Restore_OfServicesInFolders_PutsEachBack()
    {
        var (source, target) = (Copy("front"), Path.Combine(_folder.Path, "target"));
        CopyInto(Path.Combine(source, "chat"));
        CopyInto(Path.Combine(source, "weather"));

        var written = await BackupAsync(source, "a.zip");
        var restored = await RestoreAsync(target);

        Assert.Contains(", with the folders of chat, weather.", written);
        Assert.Contains(", with the folders of chat, weather.", restored);
        Assert.Empty(Directory.GetFiles(target, "*.zip"));
        foreach (var folder in new[] { "", "chat", "weather" })
        {
            await BackupAsync(Path.Combine(target, folder), $"again{folder}.zip");
            var streams = JsonNode.Parse(Part($"again{folder}.zip", BackupParts.Manifest))!["streams"]!.ToJsonString();
            Assert.Equal(
                JsonNode.Parse(Part("again.zip", BackupParts.Manifest))!["streams"]!.ToJsonString(), streams);
            Assert.Equal(Part("again.zip", "auth.pepper"), Part($"again{folder}.zip", "auth.pepper"));
        }
    }

    [Fact]
    public async Task Restore_AServiceThatIsNone_ChangesNothing()
    {
        var (source, target) = (Copy("front"), Path.Combine(_folder.Path, "target"));
        CopyInto(Path.Combine(source, "weather"));
        await BackupAsync(source, "of-place.zip");
        await WriteAsync("a.zip", "chat", "of-place.zip");

        Assert.Contains("it has 'services/weather.zip', which no backup has", await RefusedAsync(target));
        Assert.Empty(Directory.GetFileSystemEntries(target));
    }

    [Fact]
    public async Task Restore_IntoADatabase_SaysThatItTakesNoFolders()
    {
        var source = Copy("front");
        CopyInto(Path.Combine(source, "noise"));
        await BackupAsync(source, "a.zip");
        var target = Path.Combine(_folder.Path, "target");
        var database = Path.Combine(_folder.Path, "db.txt");
        PrivateFile.Write(database, "Host=127.0.0.1;Port=1;Username=nobody"u8);

        Assert.Contains("(--split), which no database takes", await RefusedAsync(target, database));
        Assert.False(Path.Exists(target));
    }

    // The filled place, with any archive as that of a service.
    private async Task WriteAsync(string name, string service, string inner)
    {
        using var zip = ZipFile.OpenRead(place.Archive);
        using var writer = new BackupWriter(Path.Combine(_folder.Path, name), overwrites: false);
        var manifest = default(BackupManifest);
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            await using var stream = await entry.OpenAsync();
            await stream.CopyToAsync(content);
            if (entry.FullName == BackupParts.Manifest)
            {
                manifest = BackupManifest.Parse(content.ToArray());
            }
            else
            {
                await writer.Archive.AddAsync(
                    entry.FullName, output => output.WriteAsync(content.ToArray()).AsTask());
            }
        }

        var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, inner));
        await writer.Archive.AddAsync(BackupParts.OfService(service), output => output.WriteAsync(bytes).AsTask());
        writer.Finish(manifest! with { Parts = [.. writer.Archive.Parts] });
    }

    private string Copy(string name)
    {
        var path = Path.Combine(_folder.Path, name);
        CopyInto(path);
        return path;
    }

    private void CopyInto(string folder)
    {
        foreach (var file in Directory.GetFiles(place.Data.Path, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(folder, Path.GetRelativePath(place.Data.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }

    private async Task<string> BackupAsync(string folder, string name)
    {
        using var said = new StringWriter();
        var options = new BackupOptions { File = Path.Combine(_folder.Path, name), DataFolder = folder };
        Assert.True(await BackupTool.BackupAsync(options, said, said) == ExitCode.Ok, said.ToString());
        return said.ToString();
    }

    private async Task<string> RestoreAsync(string target)
    {
        using var said = new StringWriter();
        var options = new RestoreOptions { File = Path.Combine(_folder.Path, "a.zip"), DataFolder = target };
        Assert.True(await BackupTool.RestoreAsync(options, said, said) == ExitCode.Ok, said.ToString());
        return said.ToString();
    }

    private async Task<string> RefusedAsync(string target, string? database = null)
    {
        using var error = new StringWriter();
        var options = new RestoreOptions
        {
            File = Path.Combine(_folder.Path, "a.zip"),
            DataFolder = target,
            DatabaseFile = database,
        };
        Assert.Equal(ExitCode.Failed, await BackupTool.RestoreAsync(options, TextWriter.Null, error));
        return error.ToString();
    }

    private string Part(string archive, string name)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(_folder.Path, archive));
        using var text = new StreamReader(zip.GetEntry(name)!.Open(), System.Text.Encoding.Latin1);
        return text.ReadToEnd();
    }
}
