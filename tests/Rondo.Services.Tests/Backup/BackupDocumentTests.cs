using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Backup;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Backup;

/// <summary>Replays the rows of docs/services/backup.md, each with an archive made of a good one.</summary>
public sealed class BackupDocumentTests(FilledPlace place) : IClassFixture<FilledPlace>, IDisposable
{
    private const int Link = unchecked((int)0xA1FF0000);

    private static readonly ServiceDocument Document = new("backup");

    private readonly TestFolder _folder = new();

    public static TheoryData<string, string> Rows { get; } =
        [.. Document.Table("Archives that are refused").Select(r => (r[0], r[1]))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Restore_BadArchive_IsRefusedAsWrittenAndChangesNothing(string archive, string answer)
    {
        var (file, target) = (Path.Combine(_folder.Path, "bad.zip"), Path.Combine(_folder.Path, "target"));
        Make(archive, file);
        using var error = new StringWriter();

        var code = await BackupTool.RestoreAsync(
            new RestoreOptions { File = file, DataFolder = target }, TextWriter.Null, error);

        Assert.Equal(ExitCode.Failed, code);
        var expected = answer == "There is no file" ? $"rondo: There is no file '{file}'.\n"
            : $"rondo: '{file}' cannot be restored: {answer}. Nothing was changed.\n";
        var begin = expected.Split('…')[0];
        Assert.Equal(begin, begin == expected ? error.ToString() : error.ToString()[..begin.Length]);
        Assert.False(Path.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any(), "something was written");
        Assert.Equal(File.Exists(file) ? [file] : [], Directory.GetFiles(_folder.Path));
    }

    private void Make(string archive, string file)
    {
        var good = File.ReadAllBytes(place.Archive);
        switch (archive)
        {
            case "no file":
                return;
            case "an empty file":
                File.WriteAllBytes(file, []);
                return;
            case "half of one":
                File.WriteAllBytes(file, good[..(good.Length / 2)]);
                return;
            case "one without its last byte":
                File.WriteAllBytes(file, good[..^1]);
                return;
            case "a text":
                File.WriteAllText(file, "This is no archive, but it is longer than the end of one would be.");
                return;
            case "a byte in the middle is another":
                good[good.Length / 3] ^= 0x10;
                File.WriteAllBytes(file, good);
                return;
            default:
                Rewrite(archive, file);
                return;
        }
    }

    private void Rewrite(string archive, string file)
    {
        var parts = Parts();
        var more = new List<(string Name, byte[] Content, int Attributes)>();
        switch (archive)
        {
            case "a zip of something else":
                parts = new() { ["readme.txt"] = "hello"u8.ToArray() };
                break;
            case "a zip with a manifest.json of something else":
                parts = new() { ["manifest.json"] = """{"manifest_version":3,"name":"an extension"}"""u8.ToArray() };
                break;
            case "manifest.json is no JSON":
                parts["manifest.json"] = "{"u8.ToArray();
                break;
            case "format 2":
                Change(parts, m => (m["rondo"], m["version"]) = ("9.0.0", 2));
                break;
            case "tables of a newer Rondo":
                Change(parts, m => (m["rondo"], m["schemas"]!["auth"]) = ("9.0.0", 99));
                break;
            case "tables of a room that is not there yet":
                Change(parts, m => (m["rondo"], m["schemas"]!["lights"]) = ("9.0.0", 1));
                break;
            case "a wrong checksum in the manifest":
                Change(parts, m => FileOf(m, "events.jsonl")["sha256"] = new string('0', 64));
                break;
            case "a wrong size in the manifest":
                Change(parts, m => FileOf(m, "tables.jsonl")["bytes"] = 5);
                break;
            case "events.jsonl is missing":
                parts.Remove("events.jsonl");
                break;
            case "events.jsonl is missing from both":
                parts.Remove("events.jsonl");
                Change(parts, m => m["files"]!.AsArray().Remove(FileOf(m, "events.jsonl")));
                break;
            case "a file that the manifest does not name":
                parts["tls/server.pem"] = "x"u8.ToArray();
                break;
            case "a file that no backup has":
                parts["run.sh"] = "x"u8.ToArray();
                break;
            case "the manifest names a path outside":
                Change(parts, m => FileOf(m, "auth.pepper")["name"] = "../auth.pepper");
                break;
            case "the manifest names a file twice":
                Change(parts, m => m["files"]!.AsArray().Add(FileOf(m, "auth.pepper").DeepClone()));
                break;
            case "an entry ../../etc/cron.d/x":
                parts["../../etc/cron.d/x"] = "x"u8.ToArray();
                break;
            case "an entry /etc/passwd":
                parts["/etc/passwd"] = "x"u8.ToArray();
                break;
            case @"an entry ..\x":
                parts[@"..\x"] = "x"u8.ToArray();
                break;
            case "auth.pepper is a symbolic link":
                parts.Remove("auth.pepper", out _);
                more.Add(("auth.pepper", "/etc/shadow"u8.ToArray(), Link));
                break;
            case "auth.pepper is there twice":
                more.Add(("auth.pepper", parts["auth.pepper"], 0));
                break;
            case "100 entries":
                more.AddRange(Enumerable.Range(0, 100).Select(i => ($"x{i}", Array.Empty<byte>(), 0)));
                break;
            case "a bomb: 64 MB of zeros as auth.pepper":
                Replace(parts, "auth.pepper", new byte[64 * 1024 * 1024]);
                break;
            case "a bomb: a line of 64 MB":
                Replace(parts, "events.jsonl", [.. Enumerable.Repeat((byte)' ', 64 * 1024 * 1024)]);
                break;
            case "a bomb: 64 MB of zeros as manifest.json":
                parts["manifest.json"] = new byte[64 * 1024 * 1024];
                break;
            case "an event is missing, the checksums are right":
                Replace(parts, "events.jsonl", Lines(parts["events.jsonl"], l => l.RemoveAt(3)));
                break;
            case "a row is missing, the checksums are right":
                Replace(parts, "tables.jsonl", Lines(parts["tables.jsonl"], l => l.RemoveAt(l.Count - 1)));
                break;
            case "a table that is not ours, the checksums are right":
                Replace(parts, "tables.jsonl", Text(parts["tables.jsonl"], "\"table\":\"rates\"", "\"table\":\"sqlite_master\""));
                break;
            case "SQL as the name of a column, the checksums are right":
                Replace(parts, "tables.jsonl", Text(parts["tables.jsonl"], "\"origin\"", "\"origin\\\" TEXT); DROP TABLE keys; --\""));
                break;
            default:
                throw new InvalidOperationException($"'{archive}' has no test.");
        }

        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (name, content, attributes) in parts.Select(p => (p.Key, p.Value, 0)).Concat(more))
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = attributes;
            using var stream = entry.Open();
            stream.Write(content);
        }
    }

    private Dictionary<string, byte[]> Parts()
    {
        using var zip = ZipFile.OpenRead(place.Archive);
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var content = new MemoryStream();
            using var stream = e.Open();
            stream.CopyTo(content);
            return content.ToArray();
        });
    }

    private static void Change(Dictionary<string, byte[]> parts, Action<JsonNode> change)
    {
        var manifest = JsonNode.Parse(parts["manifest.json"])!;
        change(manifest);
        parts["manifest.json"] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private static JsonNode FileOf(JsonNode manifest, string name) =>
        manifest["files"]!.AsArray().Single(f => f!["name"]!.GetValue<string>() == name)!;

    // With the right size and checksum: who makes an archive on purpose can have both.
    private static void Replace(Dictionary<string, byte[]> parts, string name, byte[] content)
    {
        parts[name] = content;
        Change(parts, m =>
        {
            FileOf(m, name)["bytes"] = content.Length;
            FileOf(m, name)["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
        });
    }

    private static byte[] Lines(byte[] text, Action<List<string>> change)
    {
        var lines = Encoding.UTF8.GetString(text).TrimEnd('\n').Split('\n').ToList();
        change(lines);
        return Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
    }

    private static byte[] Text(byte[] text, string from, string to) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace(from, to));
}
