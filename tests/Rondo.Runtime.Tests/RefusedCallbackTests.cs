using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Runtime.Tests;

/// <summary>What the compiler takes for a callback and what it refuses, asked of the SDK's own.</summary>
public sealed partial class RefusedCallbackTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    // One per line.
    private const string Taken = """
        loop.CallSoon(() => { throw new FormatException(); });
        loop.CallSoon(() => throw new FormatException());
        loop.CallSoon(delegate { throw new FormatException(); });
        loop.CallSoon(() => { while (true) { } });
        loop.CallSoon(() => number++);
        loop.CallSoon(loop.Stop);
        loop.CallSoon(s => { throw new FormatException(); }, null);
        loop.CallSoon(s => number++, null);
        loop.CallSoonThreadSafe(() => { throw new FormatException(); });
        loop.CallSoonThreadSafe(s => { throw new FormatException(); }, null);
        loop.CallLater(default, () => { throw new FormatException(); });
        loop.CallLater(default, s => { throw new FormatException(); }, null);
        loop.CallAt(default, () => { throw new FormatException(); });
        loop.AddSignalHandler(PosixSignal.SIGHUP, () => { throw new FormatException(); });
        future.AddDoneCallback(_ => { throw new FormatException(); });
        future.AddDoneCallback(_ => number++);
        loop.RunInExecutor(() => { throw new FormatException(); });
        loop.RunInExecutor(executor, () => { throw new FormatException(); });
        LoopFuture<int> five = loop.RunInExecutor(() => 5);
        LoopFuture<string> text = loop.RunInExecutor(executor, Text);
        """;

    private const string Refused = """
        loop.CallSoon(async () => await Task.Yield());
        loop.CallSoon(async () => { throw new FormatException(); });
        loop.CallSoon(async () => { await Task.Yield(); return 1; });
        loop.CallSoon(TaskAsync);
        loop.CallSoon(() => TaskAsync());
        loop.CallSoon(async s => await Task.Yield(), null);
        loop.CallSoonThreadSafe(async () => await Task.Yield());
        loop.CallSoonThreadSafe(async s => await Task.Yield(), null);
        loop.CallLater(default, async () => await Task.Yield());
        loop.CallLater(default, async s => await Task.Yield(), null);
        loop.CallAt(default, async () => await Task.Yield());
        loop.AddSignalHandler(PosixSignal.SIGHUP, async () => await Task.Yield());
        future.AddDoneCallback(async _ => await Task.Yield());
        future.AddDoneCallback(_ => TaskAsync());
        loop.RunInExecutor(async () => await Task.Yield());
        loop.RunInExecutor(async () => { await Task.Yield(); return 1; });
        loop.RunInExecutor(executor, async () => await Task.Yield());
        loop.RunInExecutor(executor, TaskAsync);
        """;

    [Fact]
    public async Task Callbacks_ThatThrowOrReturn_Compile() => Assert.Empty(await RefusedLinesAsync(Taken));

    [Fact]
    public async Task Callbacks_ThatAreAsynchronous_AreEachRefusedWithTheReason() =>
        Assert.Equal(Refused.Split('\n'), await RefusedLinesAsync(Refused));

    // Those that are an error for being marked so; any other error fails the test.
    private static async Task<List<string>> RefusedLinesAsync(string statements)
    {
        var folder = Directory.CreateTempSubdirectory("rondo-refused-");
        try
        {
            var source = Path.Combine(folder.FullName, "calls.cs");
            await File.WriteAllTextAsync(source, Program(statements), TestContext.Current.CancellationToken);
            var output = await CompileAsync(source);
            var errors = Error().Matches(output);
            Assert.All(errors, e => Assert.Equal("CS0619", e.Groups["code"].Value));
            var lines = statements.Split('\n');
            return [.. errors.Select(e => lines[int.Parse(e.Groups["line"].ValueSpan, provider: null) - 1])];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Program(string statements) => $$"""
        using System; using System.Runtime.InteropServices; using System.Threading.Tasks;
        using Rondo.Runtime; using Rondo.Runtime.Executors;
        static class Calls
        {
            static int number;
            static string Text() => "";
            static Task TaskAsync() => Task.CompletedTask;
            static void Make(EventLoop loop, LoopFuture future, IExecutor executor)
            {
        #line 1
        {{statements}}
            }
        }
        """;

    private static async Task<string> CompileAsync(string source)
    {
        var host = Environment.ProcessPath!;
        var compiler = Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(host)!, "sdk"), "10.*")
            .Select(d => Path.Combine(d, "Roslyn", "bincore", "csc.dll")).Last(File.Exists);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(a => Path.GetFileName(a).StartsWith("System.", StringComparison.Ordinal))
            .Append(typeof(EventLoop).Assembly.Location);
        var start = new ProcessStartInfo(
            host,
            [
                compiler, "-nologo", "-nostdlib", "-target:library", "-nullable:enable",
                $"-out:{source}.dll", source, .. references.Select(r => $"-r:{r}"),
            ])
        {
            RedirectStandardOutput = true,
        };
        using var limit = new CancellationTokenSource(Guard);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(output.Contains(": error ", StringComparison.Ordinal) ? 1 : 0, process.ExitCode);
        return output;
    }

    [GeneratedRegex(@"\((?<line>\d+),\d+\): error (?<code>\w+):")]
    private static partial Regex Error();
}
