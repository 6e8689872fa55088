using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class AwaitCycleTests
{
    private readonly List<AwaitCycle> _reports = [];

    [Fact]
    public void TwoTasks_WaitingForEachOther_AreNamedOnceWithTheirLines()
    {
        Look(loop =>
        {
            LoopTask? second = null;
            var first = loop.CreateTask(async () => await second!, "first");
            second = loop.CreateTask(async () => await first, "second");
        });

        var ring = Assert.Single(_reports).Ring;
        Assert.Equal(
            ["task first", "task second"],
            ring.Where(r => r.StartsWith("task ", StringComparison.Ordinal)));
        Assert.Equal(2, ring.Count(r => r.Contains("AwaitCycleTests.cs:", StringComparison.Ordinal)));
        Assert.EndsWith("waits for task first", _reports[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Task_WaitingForItself_IsReported()
    {
        Look(loop =>
        {
            LoopTask? self = null;
            self = loop.CreateTask(async () => await self!, "self");
        });

        Assert.Single(_reports);
    }

    [Fact]
    public void OrdinaryMethods_InARingBehindWhenAll_AreReported()
    {
        Look(loop =>
        {
            var gate = new TaskCompletionSource();
            Task? second = null;
            var first = loop.CreateTask(() => FirstAsync(), "first");
            second = SecondAsync();

            async Task FirstAsync() => await Task.WhenAll(second!, gate.Task);
            async Task SecondAsync() => await first;
        });

        Assert.Single(_reports);
    }

    [Theory]
    [InlineData("no ring")]
    [InlineData("a way out by another task")]
    [InlineData("a way out by a time limit")]
    [InlineData("two wait for the same")]
    public void Tasks_ThatCanStillEnd_AreNotReported(string way)
    {
        Look(loop =>
        {
            LoopTask? second = null;
            var first = loop.CreateTask(
                async () =>
                {
                    switch (way)
                    {
                        case "a way out by another task":
                            await Task.WhenAny(second!.AsTask(), loop.Delay(TimeSpan.FromHours(1)));
                            break;
                        case "a way out by a time limit":
                            await second!.AsTask().WaitAsync(TimeSpan.FromHours(1), loop.TimeProvider);
                            break;
                        default:
                            await loop.Delay(TimeSpan.FromHours(1));
                            break;
                    }
                },
                "first");
            second = loop.CreateTask(async () => await first, "second");
            loop.CreateTask(async () => await Task.WhenAll(first.AsTask(), second.AsTask()), "third");
        });

        Assert.Empty(_reports);
    }

    [Fact]
    public void Debug_IdleLoop_LooksByItself()
    {
        Assert.Throws<DeadlockException>(() => VirtualLoop.Run(
            async test =>
            {
                LoopTask? second = null;
                var first = test.Loop.CreateTask(async () => await second!, "first");
                second = test.Loop.CreateTask(async () => await first, "second");
                await second;
            },
            options: new LoopOptions { Debug = true, ReportHandler = Take }));

        Assert.Single(_reports);
    }

    private void Take(LoopReport report)
    {
        if (report is AwaitCycle cycle)
        {
            _reports.Add(cycle);
        }
    }

    private void Look(Action<EventLoop> start)
    {
        using var loop = new EventLoop(new LoopOptions { Debug = false, ReportHandler = Take });
        using var detector = new AwaitCycleDetector(loop);
        loop.CallSoon(() => start(loop));
        After(6, () =>
        {
            detector.Check();
            detector.Check();
            loop.Stop();
        });
        loop.RunForever();

        void After(int turns, Action then) => loop.CallSoon(turns == 0 ? then : () => After(turns - 1, then));
    }
}
