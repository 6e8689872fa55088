using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>
/// Backups as somebody at the terminal makes and restores them, beside the running server. What a killed one has written
/// is awaited in real time.
/// </summary>
public sealed partial class BackupTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("rondo-backup-").FullName;

    private string Data => Path.Combine(_root, "data");

    private string Archive => Path.Combine(_root, "place.zip");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Backup_BesideARunningServer_RestoresToAPlaceThatWorks()
    {
        string key;
        await using (var rondo = RondoProcess.Start(Data, "up", "--offline", "--urls", "http://127.0.0.1:0"))
        {
            key = await FillAsync(rondo);
            var (written, output, error) = await RondoProcess.RunAsync(Data, "backup", Archive);
            Assert.True(written == 0, error);
            Assert.Matches(@"^Wrote \S+place\.zip, 0\.\d MB: \d+ events of \d+ streams, as of ", output);
            rondo.Signal("TERM");
            await rondo.ExitAsync();
        }

        var restored = Path.Combine(_root, "restored");
        var (refused, _, reason) = await RondoProcess.RunAsync(restored, "restore", Archive, "--data", Data);
        var (code, told, failed) = await RondoProcess.RunAsync(restored, "restore", Archive);
        var (verified, chain, _) = await RondoProcess.RunAsync(restored, "audit", "verify");
        var (_, before, _) = await RondoProcess.RunAsync(Data, "audit", "verify");
        await using var again = RondoProcess.Start(restored, "up", "--offline", "--urls", "http://127.0.0.1:0");
        using var client = Client(await again.ReadUntilAsync("/currency/status"), key);

        Assert.Equal((1, $"rondo: '{Data}' is not empty. Restore into an empty folder, or say where to move what is there: "
            + "--move-old-to DIR.\n"), (refused, reason));
        Assert.True(code == 0, failed);
        Assert.Contains("The epoch is new", told);
        Assert.Equal((0, before), (verified, chain));
        Assert.Contains("from before", await client.GetStringAsync("/chat/rooms/lobby/messages", Cancelled));
    }

    [Fact]
    public async Task Backup_DiskFull_LeavesNothingBehind()
    {
        await SmallDisk.SkipWithoutAsync();
        await FillAsync();
        var disk = Directory.CreateDirectory(Path.Combine(_root, "disk")).FullName;

        var (code, output) = await SmallDisk.RunAsync(
            disk, 8, $"{{ '{RondoProcess.Executable}' backup place.zip --data '{Data}'; echo code $?; ls -A; }}");

        Assert.Equal(0, code);
        Assert.StartsWith("code 1\nrondo: No space left on device", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_DiskFull_LeavesTheArchiveOfBefore()
    {
        await SmallDisk.SkipWithoutAsync();
        await FillAsync();
        var disk = Directory.CreateDirectory(Path.Combine(_root, "disk")).FullName;

        var (_, output) = await SmallDisk.RunAsync(
            disk, 8,
            $"{{ echo of before > place.zip; '{RondoProcess.Executable}' backup place.zip --overwrite --data '{Data}'; "
                + "echo code $?; ls -A; cat place.zip; }");

        Assert.StartsWith("code 1\nplace.zip\nof before\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_DiskTooSmall_LeavesTheFolderEmpty()
    {
        await SmallDisk.SkipWithoutAsync();
        await FillAsync();
        Assert.Equal(0, (await RondoProcess.RunAsync(Data, "backup", Archive)).ExitCode);
        var disk = Directory.CreateDirectory(Path.Combine(_root, "disk")).FullName;

        // Room for what is in the archive, but not for the databases that it becomes.
        var (_, output) = await SmallDisk.RunAsync(
            disk, 128,
            $"{{ '{RondoProcess.Executable}' restore '{Archive}' --data '{disk}'; echo code $?; ls -A; }}");

        Assert.StartsWith("code 1\n", output, StringComparison.Ordinal);
        Assert.DoesNotMatch("rondo.db|events.db|pepper", output.Split("rondo:")[0]);
    }

    [Fact]
    public async Task Backup_KilledInTheMiddle_LeavesTheArchiveOfBefore()
    {
        await FillAsync();
        await File.WriteAllTextAsync(Archive, "of before", Cancelled);

        // Behind the events and the rows the backup waits for settings that nobody writes.
        Assert.Equal(0, (await SmallDisk.RunAsync("mkfifo", Path.Combine(Data, "appsettings.json"))).ExitCode);
        await using var rondo = RondoProcess.Start(Data, "backup", Archive, "--overwrite");
        var begun = Stopwatch.StartNew();
        string? part = null;
        while (part is null || new FileInfo(part).Length == 0)
        {
            Assert.True(begun.Elapsed < Guard, "no part is written");
            await Task.Delay(20, Cancelled);
            part = Directory.GetFiles(_root, "place.zip.*.part").SingleOrDefault();
        }

        rondo.Signal("KILL");
        Assert.Equal(137, await rondo.ExitAsync());

        Assert.Equal("of before", await File.ReadAllTextAsync(Archive, Cancelled));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(part));
        }

        var (code, _, error) = await RondoProcess.RunAsync(Path.Combine(_root, "x"), "restore", part);
        Assert.Equal(1, code);
        Assert.Contains("its end is missing", error);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task FillAsync()
    {
        await using var rondo = RondoProcess.Start(Data, "up", "--offline", "--urls", "http://127.0.0.1:0");
        await FillAsync(rondo);
        rondo.Signal("TERM");
        await rondo.ExitAsync();
    }

    // Text that does not pack well.
    private static async Task<string> FillAsync(RondoProcess rondo)
    {
        var printed = await rondo.ReadUntilAsync("/currency/status");
        var key = Key().Match(printed).Value;
        using var client = Client(printed, key);
        for (var i = 0; i < 8; i++)
        {
            var text = $"from before {Convert.ToBase64String(RandomNumberGenerator.GetBytes(1200))}";
            using var content = new StringContent($$"""{"text":"{{text}}"}""", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/chat/rooms/lobby/messages", content, Cancelled);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        }

        return key;
    }

    private static HttpClient Client(string printed, string key) => new()
    {
        BaseAddress = new Uri(Address().Match(printed).Value),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        Timeout = Guard,
    };

    [GeneratedRegex(@"http://[\d.]+:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"ak_\w{8}_\w{49}")]
    private static partial Regex Key();
}
