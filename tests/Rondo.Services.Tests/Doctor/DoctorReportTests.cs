using System.Text.Json.Nodes;
using Rondo.Services.Doctor;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Doctor;

public sealed class DoctorReportTests
{
    private static readonly Finding[] Some =
    [
        Finding.Ok(FindingCodes.Folder, "'/data', mode 700"),
        Finding.Warn(FindingCodes.DiskSpace, "100 MB free, 1 % of the disk"),
        Finding.Fail(FindingCodes.Port, "8080 is taken by process 12 (nginx)"),
    ];

    [Fact]
    public void Document_HasEveryCodeAsTheProgramSaysIt() => Assert.Equal(
        FindingCodes.All.Select(c => $"{c.Code} | {c.Why} | {c.Remedy}"),
        new ServiceDocument("doctor").Table("Findings").Select(r => $"{r[0]} | {r[1]} | {r[2]}"));

    [Fact]
    public void Text_OfSomeFindings_ExplainsWhatIsNotWell() => Assert.Equal(
        """
          ok    folder               '/data', mode 700
          warn  disk-space           100 MB free, 1 % of the disk
                                     On a full disk nothing more is stored, and every message is refused.
                                     Make room on that disk, or move the data folder to a larger one.
          FAIL  port                 8080 is taken by process 12 (nginx)
                                     An address can be listened on by one program at a time.
                                     Stop that program, or choose another address with --urls.
        1 failure, 1 warning; 'rondo doctor CODE' says more about one.

        """,
        DoctorReport.Text(Some, hasColor: false));

    [Fact]
    public void Text_InColours_IsTheSameWithoutThem() => Assert.Equal(
        DoctorReport.Text(Some, hasColor: false),
        System.Text.RegularExpressions.Regex.Replace(DoctorReport.Text(Some, hasColor: true), "\e\\[[0-9]+m", ""));

    [Fact]
    public void Json_OfSomeFindings_HoldsThemAll()
    {
        var json = JsonNode.Parse(DoctorReport.Json(Some))!;

        Assert.False(json["ok"]!.GetValue<bool>());
        Assert.Equal(["ok", "warn", "fail"], json["findings"]!.AsArray().Select(f => f!["state"]!.GetValue<string>()));
        Assert.Equal("port", json["findings"]![2]!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("disk-sync", ExitCode.Ok)]
    [InlineData("disk", ExitCode.Usage)]
    public async Task Explain_ACode_SaysWhyAndWhatToDo(string code, int exitCode)
    {
        using var said = new StringWriter();

        Assert.Equal(exitCode, await DoctorTool.RunAsync(new DoctorOptions { Code = code }, said, said));
        Assert.Contains(exitCode == 0 ? "Every message waits until the disk has it" : "There is no finding 'disk'; there are ", said.ToString());
    }
}
