using System.IO.Compression;
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

    public static TheoryData<string> Spans => [.. WholeSpans().Where(c => !NotRunHere.Has(c)).Select(c => c.Text)];

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

    /// <summary>Between backticks in the text: each that is whole, without a word that stands for something.</summary>
    [Theory]
    [MemberData(nameof(Spans))]
    public async Task Span_Typed_Runs(string text)
    {
        var command = new DocumentedCommand("the text", text, []);
        await using var stage = await DocumentStage.CreateAsync([command], server);
        Recording.Tone(stage.Work, "x.wav", seconds: 2, 0.01);
        stage.Show("lab");
        using (var archive = ZipFile.Open(Path.Combine(stage.Work, "eurofxref-hist.zip"), ZipArchiveMode.Create))
        using (var rates = new StreamWriter(archive.CreateEntry("eurofxref-hist.csv").Open()))
        {
            rates.Write("Date,USD,JPY,\n2026-11-20,1.1520,180.05,\n");
        }

        await stage.RunAsync(command);
    }

    [Fact]
    public void Reasons_EachStandForACommandAndNameTestsThatThereAre()
    {
        var commands = DocumentedCommand.Documents
            .SelectMany(DocumentedCommand.InBlocks).Concat(WholeSpans()).Select(c => c.ToString()).ToList();
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

    private static IEnumerable<DocumentedCommand> WholeSpans() => (
        from document in DocumentedCommand.Documents
        from span in DocumentedCommand.InText(document)
        where !Placeholder().IsMatch(span)
        from words in ShellLine.RondoCommands(span)
        where words is not ([] or ["wrk" or "ab", ..]) && CommandCheck.Mistake(words) is null
        select new DocumentedCommand(document + " (text)", span, [])).DistinctBy(c => c.Text);

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

    [GeneratedRegex(
        @"[|\[\]]|(?<![\w-])(URL|PID|FILE|F|DIR|NAME|MODEL|VERB|CODE|SERVICE|KEY|ID|HASH|S\.\.\.|[AB]\.json|F\.csv)(?!\w)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b\w+Tests\b|\bRunningServers\b")]
    private static partial Regex NamedTests();
}
