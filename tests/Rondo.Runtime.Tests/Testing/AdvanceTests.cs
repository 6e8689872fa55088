using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>When virtual time moves, and how far.</summary>
public sealed class AdvanceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void AdvanceAsync_RunsWhatIsDueAndNothingElse() => VirtualLoop.Run(async test =>
    {
        var fired = new List<(int, TimeSpan)>();
        foreach (var second in new[] { 3, 1, 2 })
        {
            test.Loop.CallLater(second * Second, () => fired.Add((second, test.Loop.Time)));
        }

        await test.AdvanceAsync(2 * Second);

        Assert.Equal([(1, Second), (2, 2 * Second)], fired);
        Assert.Equal(2 * Second, test.Loop.Time);
    });

    [Fact]
    public void AdvanceAsync_ReturnsWhenIdleAtTheNewTime() => VirtualLoop.Run(async test =>
    {
        var steps = 0;
        test.Loop.CallLater(Second, () => test.Loop.CreateTask(async () =>
        {
            for (; steps < 50; steps++)
            {
                await Task.Yield();
            }

            test.Loop.CallLater(TimeSpan.Zero, () => steps++);
        }));

        await test.AdvanceAsync(Second);

        Assert.Equal(51, steps);
        Assert.Equal(Second, test.Loop.Time);
    });

    [Fact]
    public void AdvanceAsync_CallbacksRunInTurns_NeverInsideTheCall() => VirtualLoop.Run(async test =>
    {
        var isInside = false;
        var sawInside = false;
        test.Loop.CallSoon(() => sawInside |= isInside);
        test.Loop.CallLater(Second, () => sawInside |= isInside);

        isInside = true;
        var advance = test.AdvanceAsync(Second);
        isInside = false;
        Assert.False(advance.IsCompleted);
        await advance;

        Assert.False(sawInside);
    });

    [Fact]
    public void AdvanceAsync_ByTwo_EachContinuesAtItsTimeInOrder() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        await Task.WhenAll(Note("late", 3), Note("first", 2), Note("second", 2));

        Assert.Equal(["first 2", "second 2", "late 3"], seen);

        async Task Note(string name, int seconds)
        {
            await test.AdvanceAsync(seconds * Second);
            seen.Add($"{name} {test.Loop.Time.TotalSeconds}");
        }
    });

    [Fact]
    public void AdvanceAsync_Cancelled_NoLongerMovesTime() => VirtualLoop.Run(async test =>
    {
        test.AutoJump = false;
        var advance = test.Loop.CreateTask(() => test.AdvanceAsync(10 * Second));
        test.Loop.CallSoon(() => test.Loop.CallSoon(() => advance.Cancel()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(advance.AsTask);
        await test.RunUntilIdleAsync();

        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    });

    [Fact]
    public void AdvanceAsync_NegativeOrTooFar_IsRefused() => VirtualLoop.Run(async test =>
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("time", () => test.AdvanceAsync(-Second));
        await test.AdvanceAsync(Second);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("time", () => test.AdvanceAsync(TimeSpan.MaxValue));
    });

    [Fact]
    public void RunUntilIdleAsync_RunsWhatIsReadyAndMovesNoTime() => VirtualLoop.Run(async test =>
    {
        var soon = false;
        var later = false;
        test.Loop.CallLater(Second, () => later = true);
        test.Loop.CallSoon(() => test.Loop.CallSoon(() => test.Loop.CallLater(TimeSpan.Zero, () => soon = true)));

        await test.RunUntilIdleAsync();

        Assert.True(soon);
        Assert.False(later);
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    });

    [Fact]
    public void RunUntilIdleAsync_WorkOpenOutside_WaitsForIt() => VirtualLoop.Run(async test =>
    {
        var result = 0;
        var work = test.ExternalWork();
        new Thread(() =>
        {
            test.Loop.CallSoonThreadSafe(() => result = 42);
            work.Dispose();
        }).Start();

        await test.RunUntilIdleAsync();

        Assert.Equal(42, result);
    });

    [Fact]
    public void AutoJump_Off_TimeMovesByAdvanceAlone() => VirtualLoop.Run(async test =>
    {
        test.AutoJump = false;
        var ticks = new List<TimeSpan>();
        var task = test.Loop.CreateTask(async () =>
        {
            using var timer = new PeriodicTimer(Second, test.Loop.TimeProvider);
            while (await timer.WaitForNextTickAsync(CancelScope.Current!.Token))
            {
                ticks.Add(test.Loop.Time);
            }
        });

        await test.RunUntilIdleAsync();
        Assert.Empty(ticks);

        await test.AdvanceAsync(2.5 * Second);
        Assert.Equal([Second, 2 * Second], ticks);
        Assert.Equal(2.5 * Second, test.Loop.Time);
        task.Cancel();
    });

    [Fact]
    public void AutoJump_Off_WhatIsLeftAfterMainCanStillEnd()
    {
        var cleanedUp = false;
        VirtualLoop.Run(async test =>
        {
            test.AutoJump = false;
            _ = test.Loop.CreateTask(async () =>
            {
                try
                {
                    await test.Loop.Delay(60 * Second);
                }
                finally
                {
                    await Task.Delay(Second, test.Loop.TimeProvider, CancellationToken.None);
                    cleanedUp = true;
                }
            });
            await test.RunUntilIdleAsync();
        });

        Assert.True(cleanedUp);
    }

    [Fact]
    public void Failure_HandlerSchedulesSomething_ItRunsBeforeTimeMoves()
    {
        var ranAt = new List<TimeSpan>();
        VirtualLoop.Run(
            async test =>
            {
                _ = test.Loop.CreateTask(() => throw new InvalidOperationException("Nobody looks at this."));
                await test.Loop.Delay(Second);
            },
            options: new LoopOptions
            {
                ErrorHandler = error => error.Loop.CallSoon(() => ranAt.Add(error.Loop.Time)),
            });

        Assert.Equal([TimeSpan.Zero], ranAt);
    }
}
