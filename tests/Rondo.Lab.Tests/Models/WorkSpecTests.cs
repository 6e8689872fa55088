using System.Diagnostics;
using Rondo.Lab.Models;
using Rondo.Runtime.Testing;

namespace Rondo.Lab.Tests.Models;

public sealed class WorkSpecTests
{
    [Theory]
    [InlineData("io:50ms", 50, 0, 0)]
    [InlineData("io:0ms", 0, 0, 0)]
    [InlineData("io:1.5s", 1500, 0, 0)]
    [InlineData("io:1m", 60_000, 0, 0)]
    [InlineData("cpu:20ms", 0, 20, 0)]
    [InlineData("cpu:500us", 0, 0.5, 0)]
    [InlineData("mem:1MiB", 0, 0, 1 << 20)]
    [InlineData("mem:64KiB", 0, 0, 1 << 16)]
    [InlineData("mix:45ms+5ms", 45, 5, 0)]
    public void Parse_Form_SaysWhatItCosts(string text, double wait, double compute, int bytes) => Assert.Equal(
        new WorkSpec(TimeSpan.FromMilliseconds(wait), TimeSpan.FromMilliseconds(compute), bytes), WorkSpec.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("io")]
    [InlineData("io:")]
    [InlineData("io:50")]
    [InlineData("io:ms")]
    [InlineData("io:-5ms")]
    [InlineData("io:5ms ")]
    [InlineData("io:2h")]
    [InlineData("io:61m")]
    [InlineData("IO:5ms")]
    [InlineData("mem:2GiB")]
    [InlineData("mem:2000MiB")]
    [InlineData("mix:5ms")]
    [InlineData("mix:5ms+5ms+5ms")]
    [InlineData("io:1.2.3ms")]
    public void Parse_AnythingElse_IsRefused(string text) => Assert.Null(WorkSpec.Parse(text));

    [Fact]
    public void DoAsync_Wait_LeavesTheLoopFree() => VirtualLoop.Run(async test =>
    {
        var work = WorkSpec.Parse("io:1m")!;

        await Task.WhenAll(work.DoAsync().AsTask(), work.DoAsync().AsTask());

        Assert.Equal(TimeSpan.FromMinutes(1), test.Loop.Time);
    });

    /// <summary>Never too little; too much only because others took the processor.</summary>
    [Fact]
    public void DoBlocking_Work_TakesAtLeastItsTime()
    {
        var started = Stopwatch.GetTimestamp();

        WorkSpec.Parse("io:30ms")!.DoBlocking();

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(29));
    }

    [Fact]
    public void DoBlocking_Memory_IsTaken()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        WorkSpec.Parse("mem:1MiB")!.DoBlocking();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1 << 20, 2 << 20);
    }

    [Fact]
    public void DoBlocking_Compute_GrowsWithTheTime()
    {
        BusyProcessor.Calibrate();
        var user = Environment.CpuUsage.UserTime;

        WorkSpec.Parse("cpu:200ms")!.DoBlocking();

        // Half, because the calibration takes the quickest of its samples.
        Assert.True(Environment.CpuUsage.UserTime - user >= TimeSpan.FromMilliseconds(100));
    }
}
