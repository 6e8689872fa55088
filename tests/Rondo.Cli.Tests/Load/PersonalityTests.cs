using System.Diagnostics;

namespace Rondo.Cli.Tests.Load;

/// <summary>The program under the names of others.</summary>
public sealed class PersonalityTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-load-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("wrk", "-d1s")]
    [InlineData("ab", "-n1")]
    public async Task Link_NamedAsTheTool_SpeaksLikeIt(string name, string flag)
    {
        using var server = new TinyServer();
        var link = Path.Combine(_data, name);
        File.CreateSymbolicLink(link, RondoProcess.Executable);

        using var process = Process.Start(
            new ProcessStartInfo(link, [flag, server.Url]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await error;

        Assert.Equal(0, process.ExitCode);
        Assert.Contains(name == "wrk" ? "Requests/sec:" : "Requests per second:", output, StringComparison.Ordinal);
    }
}
