using System.Diagnostics;
using Rondo.Cli.Tests.Documents;

namespace Rondo.Cli.Tests;

/// <summary>Completion in a real bash, as behind a press of the tabulator.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("rondo u", "up")]
    [InlineData("rondo la", "lab")]
    [InlineData("rondo help la", "lab")]
    [InlineData("rondo up --cert", "--certificate --certificate-key")]
    [InlineData("rondo serve we", "weather")]
    [InlineData("rondo serve ", "auth chat currency gateway noise registry weather")]
    [InlineData("rondo lab run over", "overload")]
    [InlineData("rondo lab serve pool:", "64")]
    [InlineData("rondo lab serve pool:8 --po", "--port")]
    [InlineData("rondo completion ", "bash fish zsh")]
    [InlineData("rondo key re", "reset-admin revoke")]
    [InlineData("rondo up --transport ", "")]
    [InlineData("rondo load --arrivals ", "poisson uniform")]
    [InlineData("rondo nothing ", "")]
    public async Task Bash_OfALine_Offers(string line, string expected) =>
        Assert.Equal(expected, await CompleteAsync(line));

    [Fact]
    public async Task Bash_WhereAVerbIsDue_OffersTheVerbsAlone()
    {
        var offered = (await CompleteAsync("rondo ")).Split(' ');

        Assert.Contains("up", offered);
        Assert.Contains("weather", offered);
        Assert.DoesNotContain("read-process", offered);
        Assert.All(offered, word => Assert.Matches("^[a-z]+$", word));
    }

    [Theory]
    [InlineData("bash", "complete -o bashdefault -o default -F _rondo rondo\n")]
    [InlineData("zsh", "compdef _rondo rondo\n")]
    [InlineData("fish", "complete -c rondo -f -a '(__rondo_complete)'\n")]
    public async Task Completion_OfAShell_IsPrinted(string shell, string expected)
    {
        var (exitCode, output, _) = await RondoProcess.RunAsync(Path.GetTempPath(), "completion", shell);

        Assert.Equal(0, exitCode);
        Assert.EndsWith(expected, output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(Script(shell), TestContext.Current.CancellationToken), output);
    }

    private static string Script(string shell) =>
        Path.Combine(DocumentedCommand.Root, "src", "Rondo.Cli", "Completion", "rondo." + shell);

    // The words as bash cuts them, colons and all, and the cursor at the end.
    private static async Task<string> CompleteAsync(string line)
    {
        const string Commands = """
            PATH=$1:$PATH
            source "$3"
            COMP_LINE=$2 COMP_POINT=${#2}
            read -ra COMP_WORDS <<<"${2//:/ : }"
            [ "${2: -1}" != " " ] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            $(complete -p rondo | sed 's/.*-F \([^ ]*\) .*/\1/') rondo
            echo "${COMPREPLY[*]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo(
            "bash", ["-c", Commands, "bash", Path.GetDirectoryName(RondoProcess.Executable)!, line, Script("bash")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output.TrimEnd('\n');
    }
}
