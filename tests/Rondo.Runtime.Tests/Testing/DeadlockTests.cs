using System.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>What a run that can go on no more says. A deadlock takes a second of real time to be one.</summary>
public sealed class DeadlockTests
{
    private static Task Forever => new TaskCompletionSource().Task.WaitAsync(CancelScope.Current!.Token);

    [Fact]
    public void Run_WaitingForNothing_IsADeadlockThatNamesTheTasks()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            _ = test.Loop.CreateTask(() => Forever, "the other");
            await Forever;
        }));

        Assert.Contains("no timer is set", error.Message, StringComparison.Ordinal);
        Assert.Contains("main", error.Message, StringComparison.Ordinal);
        Assert.Contains("the other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Deadlock_ShowsTheTreeOfTasksTheSameEachTime()
    {
        var message = Message();

        Assert.Matches(
            @"Unfinished:\n└─ task main\n +\S+\.lambda at \S+DeadlockTests\.cs:\d+\n"
                + @" +└─ task shop\n +DeadlockTests\.ShopAsync at \S+DeadlockTests\.cs:\d+\n",
            message.ReplaceLineEndings("\n"));
        Assert.Equal(message, Message());

        static string Message() => Assert.Throws<DeadlockException>(
            () => VirtualLoop.Run(async test => await test.Loop.CreateTask(ShopAsync, "shop"))).Message;
    }

    [Fact]
    public void Run_TaskThatIgnoresItsCancellation_IsADeadlockAllTheSame()
    {
        var clock = Stopwatch.StartNew();
        Assert.Throws<DeadlockException>(() => VirtualLoop.Run(_ => new TaskCompletionSource().Task));

        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Run_DeadlockWithATaskThatCleansUpInVirtualTime_LetsItFinish()
    {
        var cleanedUp = false;
        Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            try
            {
                await Forever;
            }
            finally
            {
                await Task.Delay(TimeSpan.FromHours(1), test.Loop.TimeProvider, CancellationToken.None);
                cleanedUp = true;
            }
        }));

        Assert.True(cleanedUp);
    }

    [Fact]
    public void Run_MainFailedAndATaskNeverEnds_KeepsTheFailure()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            _ = test.Loop.CreateTask(() => new TaskCompletionSource().Task, "stubborn");
            await Task.Yield();
            throw new InvalidOperationException("boom");
        }));

        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
        Assert.Equal("boom", error.InnerException?.Message);
    }

    [Fact]
    public void AutoJump_OffAndMainWaitsForATimer_IsADeadlockThatSaysSo()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            test.AutoJump = false;
            await test.Loop.Delay(TimeSpan.FromSeconds(5));
        }));

        Assert.Contains("AutoJump is off", error.Message, StringComparison.Ordinal);
        Assert.Contains("00:00:05", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExternalWork_NeverDisposed_IsAHangThatNamesIt()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            test.ExternalWorkLimit = TimeSpan.FromMilliseconds(50);
            test.ExternalWork("import of the rates");
            await test.Loop.Delay(TimeSpan.FromSeconds(5));
        }));

        Assert.Matches(@"^Hang: .*import of the rates \(\d+\.\d s\)", error.Message);
        Assert.Contains("main", error.Message, StringComparison.Ordinal);
    }

    private static async Task ShopAsync() => await Forever;
}
