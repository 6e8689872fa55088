using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// Blocks real loops in real time: that is its subject. It holds the table in docs/blocking-calls.md against what is
/// reported; <c>APPROVE=1</c> rewrites the table.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class BlockingCallTests(ITestOutputHelper output)
{
    private const string Begin = "<!-- table: BlockingCallTests -->\n";
    private const string End = "<!-- end -->\n";

    private static readonly (string Text, TimeSpan Most) s_hooked = ("0.1 s", TimeSpan.FromSeconds(0.25));
    private static readonly (string Text, TimeSpan Most) s_sampled = ("0.2 to 1 s", TimeSpan.FromSeconds(1));

    private int _inTime;

    [Fact]
    public void EveryWayToBlock_IsNamedWithItsLineWhileItBlocks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The table shows what Linux tells.");
        var table = "| way | reported as | seen by | after | statement |\n|---|---|---|---|---|\n"
            + string.Concat(WaysToBlock.All.Select(w => Row(w.Key, w.Value)));

        // Some come later on a busy machine; not most.
        Assert.InRange(_inTime, WaysToBlock.All.Count / 2, int.MaxValue);
        var path = Path.GetFullPath(Path.Combine(Folder(), "../../../docs/blocking-calls.md"));
        var text = File.ReadAllText(path);
        var start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            File.WriteAllText(path, text[..start] + table + text[end..]);
        }
        else
        {
            Assert.Equal(text[start..end], table);
        }
    }

    private string Row(string way, Action<Blockade> block)
    {
        var (report, after) = Block(block);
        Assert.True(report is not null, $"Nothing was reported for {way}.");
        output.WriteLine($"{way}: {after.TotalMilliseconds:0} ms. {report.Message}");
        var (text, most) = report.IsSampled ? s_sampled : s_hooked;
        _inTime += after < most ? 1 : 0;
        var seenBy = report.IsSampled ? "sample" : "wait hook";
        var line = $"{Path.GetFileName(report.File)}:{report.Line}";
        return $"| {way} | {report.Call ?? "own code"} | {seenBy} | {text} | {line} |\n";
    }

    /// <summary>Runs a loop that blocks until that is reported.</summary>
    private static (BlockingCall? Report, TimeSpan After) Block(Action<Blockade> block)
    {
        BlockingCall? report = null;
        var others = new ConcurrentQueue<LoopReport>();
        var (since, after) = (0L, TimeSpan.Zero);
        using var blockade = new Blockade();
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            ReportHandler = found =>
            {
                if (found is not BlockingCall first || Interlocked.CompareExchange(ref report, first, null) is not null)
                {
                    others.Enqueue(found);
                    return;
                }

                after = Stopwatch.GetElapsedTime(since);
                blockade.Release();
            },
        });
        loop.CallSoon(() =>
        {
            since = Stopwatch.GetTimestamp();
            block(blockade);
        });
        loop.CallSoon(loop.Stop);
        loop.RunForever();

        Assert.DoesNotContain(others, r => r is BlockingCall);
        Assert.InRange(others.Count, 0, 1);
        Assert.All(others, r => Assert.IsType<SlowCallback>(r));
        Assert.True(report is null || report.Line == blockade.Line, $"Line {blockade.Line} blocks: {report?.Message}");
        return (report, after);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
