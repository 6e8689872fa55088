using System.Text.Json.Nodes;

namespace Rondo.Cli.Tests;

/// <summary>The doctor on machines that lack something: a disk with room, descriptors, time zones.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-doctor-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Doctor_OfAnEmptyFolder_IsShortAndWell()
    {
        var (code, output, error) = await RondoProcess.RunAsync(
            _data, "doctor", "--offline", "--urls", "http://127.0.0.1:0");

        Assert.True(code == 0, output + error);
        Assert.Contains("  ok    folder               '", output);
        Assert.Contains("  ok    tables               not there yet\n", output);
    }

    /// <summary>The folder of temporary files can be large.</summary>
    [Fact]
    public async Task Doctor_BeforeTheFirstStart_LooksAtNoOtherFolder()
    {
        await using var rondo = RondoProcess.StartWith(
            Path.Combine(_data, "missing"),
            new Dictionary<string, string> { ["TMPDIR"] = "/nowhere" },
            "doctor", "--offline", "--urls", "http://127.0.0.1:0");

        Assert.Contains("is not there yet; the first start makes it", await rondo.RestOfOutputAsync());
        Assert.Equal(0, await rondo.ExitAsync());
    }

    [Fact]
    public async Task Doctor_FullDisk_FailsForItsRoomAndItsWrites()
    {
        await SmallDisk.SkipWithoutAsync();

        var (_, output) = await SmallDisk.RunAsync(
            _data, 16,
            $"{{ head -c 16384 /dev/zero > filler; chmod 600 filler; '{RondoProcess.Executable}' doctor --json --offline "
                + $"--urls http://127.0.0.1:0 --data '{_data}'; }}");

        Assert.Equal("fail", State(output, "disk-space"));
        Assert.Equal("fail", State(output, "disk-sync"));
    }

    [Theory]
    [InlineData("descriptors", "prlimit", "--nofile=512:512")]
    [InlineData("time-zones", "env", "TZDIR=/nowhere")]
    public async Task Doctor_MachineThatLacksSomething_Fails(string code, string tool, string argument)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), $"There is no {tool}.");
        var (exit, output) = await SmallDisk.RunAsync(
            tool, argument, RondoProcess.Executable, "doctor", "--json", "--offline", "--urls", "http://127.0.0.1:0",
            "--data", _data);

        Assert.Equal(1, exit);
        Assert.Equal("fail", State(output, code));
    }

    [Fact]
    public async Task Doctor_ACode_IsExplained()
    {
        var (code, output, _) = await RondoProcess.RunAsync(_data, "doctor", "disk-sync");
        var (unknown, _, error) = await RondoProcess.RunAsync(_data, "doctor", "nonsense");

        Assert.Equal((0, 2), (code, unknown));
        Assert.StartsWith("disk-sync\n  Every message waits until the disk has it", output, StringComparison.Ordinal);
        Assert.StartsWith("rondo: There is no finding 'nonsense'; there are settings, folder,", error, StringComparison.Ordinal);
    }

    private static string State(string output, string code) => JsonNode.Parse(output)!["findings"]!.AsArray()
        .Single(f => f!["code"]!.GetValue<string>() == code)!["state"]!.GetValue<string>();
}
