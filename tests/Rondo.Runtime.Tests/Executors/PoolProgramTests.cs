using System.Diagnostics;
using System.Reflection;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>
/// Worker processes of an ordinary program: that its Main does not run in them, that they end with it, where their
/// output goes. Real processes, so the time is real, too.
/// </summary>
public sealed class PoolProgramTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    // The slack is for a machine that has other things to do.
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private static readonly string Executable = Path("PoolProgram");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PoolProgram")]
    [InlineData("HooklessProgram")]
    public async Task Worker_OfAnOrdinaryProgram_DoesNotRunItsMain(string program)
    {
        using var process = Start(Path(program), "call");

        Assert.Equal("main 42 3", await OutputAsync(process));
        Assert.Equal("", await process.StandardError.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Worker_OfAProgramWithoutHooksThatDoesNotServe_IsNotStarted()
    {
        using var process = Start(Path("HooklessProgram"), "forgetful");

        Assert.Equal("main", await OutputAsync(process));
        Assert.Contains(
            "ProcessExecutor.RunWorkerIfAsked() as the first line of Main",
            await process.StandardError.ReadToEndAsync(Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_OfAProgramStartedByDotnet_IsThatProgram()
    {
        using var process = Start("dotnet", Executable + ".dll", "call");

        Assert.Equal("main 42 3", await OutputAsync(process));
    }

    [Fact]
    public async Task Worker_Output_IsTheProgramsOwn()
    {
        using var process = Start(Executable, "write");

        Assert.Equal("main from the worker", await OutputAsync(process));
        Assert.Equal("from the worker", Flat(await process.StandardError.ReadToEndAsync(Cancellation)));
    }

    /// <summary>As one does whose program ends meanwhile.</summary>
    [Fact]
    public async Task Worker_ThatNobodyAwaits_EndsWithoutAWord()
    {
        using var process = Start(
            new ProcessStartInfo(Path("HooklessProgram")) { Environment = { ["RONDO_WORKER"] = "00:/nowhere/w" } });

        Assert.Equal("", await OutputAsync(process));
        Assert.Equal("", await process.StandardError.ReadToEndAsync(Cancellation));
    }

    [Theory]
    [InlineData("DOTNET_TieredPGO")]
    [InlineData("DOTNET_EnableDiagnostics")]
    [InlineData("DOTNET_GCHeapHardLimit")]
    public async Task Worker_Environment_HasTheProgramsOwnSettings(string name)
    {
        using var unset = Start(new ProcessStartInfo(Executable, ["environment", name])
        {
            Environment = { [name] = null },
        });
        Assert.Equal("main (none)", await OutputAsync(unset));

        using var set = Start(new ProcessStartInfo(Executable, ["environment", name])
        {
            Environment = { [name] = "40000000" },
        });
        Assert.Equal("main 40000000", await OutputAsync(set));
    }

    [Fact]
    public async Task Program_KilledWhileCallsRun_LeavesNoWorker()
    {
        using var process = Start(Executable, "busy");
        Assert.Equal("main", await LineAsync(process));
        var ids = new[] { await IdAsync(process), await IdAsync(process) };
        var workers = ids.Select(Process.GetProcessById).ToList();

        process.Kill();
        var killed = Stopwatch.StartNew();

        foreach (var worker in workers)
        {
            await worker.WaitForExitAsync(Cancellation).WaitAsync(Guard, Cancellation);
            Assert.True(worker.HasExited);
            worker.Dispose();
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"The workers were gone {killed.Elapsed.TotalSeconds:0.00} s later.");
        Assert.True(killed.Elapsed < Promised + Slack, $"It took {killed.Elapsed.TotalSeconds} s.");
    }

    private static string Path(string program) => typeof(PoolProgramTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == program).Value!;

    private static Process Start(string program, params string[] arguments) =>
        Start(new ProcessStartInfo(program, arguments));

    private static Process Start(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        return Process.Start(start)!;
    }

    private static async Task<string> OutputAsync(Process process) =>
        Flat(await process.StandardOutput.ReadToEndAsync(Cancellation).WaitAsync(Guard, Cancellation));

    private static string Flat(string text) => text.ReplaceLineEndings(" ").Trim();

    private static async Task<string?> LineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Guard, Cancellation);

    private static async Task<int> IdAsync(Process process) => int.Parse(
        (await LineAsync(process))!.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
