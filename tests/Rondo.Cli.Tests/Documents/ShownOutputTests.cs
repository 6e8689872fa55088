using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>
/// Where the readme shows a command and what it prints, as <c>$ rondo convert USD 100</c>, that is what it prints.
/// </summary>
public sealed partial class ShownOutputTests : IDisposable
{
    private const string Documented = "http://127.0.0.1:8080";

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Commands_OfTheReadme_PrintWhatIsShown()
    {
        await using var server = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Regex.Match(await server.ReadUntilAsync("/currency/status"), @"http://127\.0\.0\.1:\d+").Value;
        var text = await File.ReadAllTextAsync(Path.Combine(DocumentedCommand.Root, "README.md"), Token);
        var shown = Shown().Matches(text).ToList();

        Assert.NotEmpty(shown);
        foreach (var example in shown)
        {
            var command = example.Groups["command"].Value.Replace(Documented, address, StringComparison.Ordinal);
            Assert.Equal(example.Groups["output"].Value.Trim('\n'), (await RunAsync(command)).Trim('\n'));
        }
    }

    private async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", "PATH=$0:$PATH; " + command, Path.GetDirectoryName(RondoProcess.Executable)!])
        {
            WorkingDirectory = DocumentedCommand.Root,
            RedirectStandardOutput = true,
            Environment = { ["RONDO_DATA"] = Path.Combine(_data, "other"), ["NO_COLOR"] = "1" },
        };
        using var bash = Process.Start(start)!;
        return await bash.StandardOutput.ReadToEndAsync(Token);
    }

    [GeneratedRegex(@"^\$ (?<command>.+)\n(?<output>((?!\$ |```).*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Shown();
}
