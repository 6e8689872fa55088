using System.Text.RegularExpressions;
using Rondo.Cli.Tests.Noise;

namespace Rondo.Cli.Tests.Documents;

/// <summary>
/// Every command in a block of a document is run, in a folder of its own and beside a server of its own, or stands with
/// its reason in <see cref="NotRunHere"/>.
/// </summary>
public sealed partial class RunDocumentsTests(ReadersServer server) : IClassFixture<ReadersServer>
{
    public static TheoryData<string> Documents =>
        [.. DocumentedCommand.Documents.Where(d => DocumentedCommand.InBlocks(d).Any(c => !NotRunHere.Has(c)))];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Document_TypedFromTheTop_DoesWhatItSays(string document)
    {
        var commands = DocumentedCommand.InBlocks(document).Where(c => !NotRunHere.Has(c)).ToList();
        await using var stage = await DocumentStage.CreateAsync(commands, server);
        await PrepareAsync(document, stage);

        foreach (var command in commands)
        {
            await stage.RunAsync(command);
        }
    }

    [Fact]
    public void Reasons_EachStandForACommandAndNameTestsThatThereAre()
    {
        var commands = DocumentedCommand.Documents
            .SelectMany(DocumentedCommand.InBlocks).Select(c => c.ToString()).ToList();
        var tests = Directory.EnumerateFiles(
                Path.Combine(DocumentedCommand.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet();

        Assert.All(NotRunHere.List, l => Assert.Contains(commands, c => l.Commands.IsMatch(c)));
        Assert.All(
            NotRunHere.List.SelectMany(l => NamedTests().Matches(l.Reason).Select(m => m.Value)),
            name => Assert.Contains(name, tests));
    }

    [Theory]
    [InlineData("LAeq  61.9 dB(A)\n...\nend", "LAeq 7 dB(A)\nother\nlines\nend", true)]
    [InlineData("LAeq  61.9 dB(A)\n...", "LAeq -3.0 dB(A)", true)]
    [InlineData("LAeq  61.9 dB(A)", "LAeq 61.9 dB(C)", false)]
    [InlineData("one\ntwo", "one", false)]
    [InlineData("at 1,000", "at none", false)]
    public void Shape_ComparesAllButFigures(string shown, string printed, bool expected) =>
        Assert.Equal(expected, DocumentStage.HasShape(shown.Split('\n'), printed.Split('\n')));

    // What the text around the commands takes for granted.
    private static async Task PrepareAsync(string document, DocumentStage stage)
    {
        switch (Path.GetFileName(document))
        {
            case "gateway.md":
                await stage.AddServiceAsync("http://10.0.0.5:8080");
                stage.Name("http://10.0.0.1:8080", "8080");
                await stage.RunAsync(new DocumentedCommand(
                    document, "(umask 077; rondo key create gateway --scope registry:read > gateway.key)", []));
                break;
            case "measuring.md":
                Recording.Tone(stage.Work, "hall.wav", seconds: 2, 0.01);
                break;
        }
    }

    [GeneratedRegex(@"\b\w+Tests\b|\bRunningServers\b")]
    private static partial Regex NamedTests();
}
