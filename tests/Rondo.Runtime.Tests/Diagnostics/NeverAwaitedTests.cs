using System.Runtime.CompilerServices;
using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class NeverAwaitedTests
{
    private readonly Reports _reports = new();
    private TaskCompletionSource? _signal;

    [Fact]
    public void Method_WhoseAwaitIsDropped_IsNamedWithItsAwaitWhenCollected()
    {
        VirtualLoop.Run(
            async test =>
            {
                Drop();
                await Task.Yield();
                await Task.Yield();
                _reports.CollectUntilReported();
                Assert.Single(_reports.All);
            },
            options: _reports.Options);

        var dropped = Assert.Single(_reports.Of<NeverAwaited>());
        Assert.Matches($@"^NeverAwaitedTests\.HangAsync at \S*NeverAwaitedTests\.cs:{LineOfSecondAwait()}$", dropped.Origin);
        Assert.Equal($"Dropped before its end: {dropped.Origin}", dropped.Message);
    }

    [Fact]
    public void Method_ThatWaitsForAClosedLoop_IsNamedAtTheClose()
    {
        VirtualLoop.Run(
            async test =>
            {
                Oversleep(test.Loop);
                await Task.Yield();
            },
            options: _reports.Options);

        Assert.StartsWith(
            "NeverAwaitedTests.SleepAsync at ", Assert.Single(_reports.Of<NeverAwaited>()).Origin,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Task_LeftByAClosedLoop_IsNamedWithItsCreationSite()
    {
        using (var loop = new EventLoop(_reports.Options))
        {
            loop.CreateTask(() => SleepAsync(loop), "sleeper");
            loop.Stop();
            loop.RunForever();
        }

        var dropped = Assert.Single(_reports.Of<NeverAwaited>(), r => r.Origin == "task sleeper");
        Assert.Contains("NeverAwaitedTests.cs:line ", dropped.CreatedAt, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_ThatEndsOrIsStillAwaited_IsNotReported()
    {
        _signal = new TaskCompletionSource();
        Task? waiting = null;
        VirtualLoop.Run(
            async test =>
            {
                waiting = WaitAsync();
                await SleepAsync(test.Loop);
                Reports.Collect();
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
        Assert.False(waiting!.IsCompleted);
        _signal.SetResult();
    }

    [Fact]
    public void Method_DroppedOnAnotherThread_IsNotTheLoops()
    {
        VirtualLoop.Run(
            async test =>
            {
                using (test.ExternalWork())
                {
                    await Task.Run(DropElsewhere);
                }

                Reports.Collect();
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    [Theory]
    [InlineData("Shop.Cart+<BuyAsync>d__3", "Cart.BuyAsync")]
    [InlineData("Shop.Cart`1+<BuyAsync>d__3`1[[System.Int32, System.Private.CoreLib]]", "Cart.BuyAsync")]
    [InlineData("Shop.Cart+Line+<AddAsync>d__3", "Line.AddAsync")]
    [InlineData("Cart+<>c+<<BuyAsync>b__0_0>d", "Cart.BuyAsync.lambda")]
    [InlineData("Cart+<<BuyAsync>g__Pay|1_0>d", "Cart.BuyAsync.Pay")]
    public void Name_OfAStateMachine_IsTheAuthors(string type, string name) =>
        Assert.Equal(name, MethodName.OfStateMachine(type));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => _ = HangAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropElsewhere() => _ = HangElsewhereAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Oversleep(EventLoop loop) => _ = SleepAsync(loop);

    private static async Task HangAsync()
    {
        await Task.Yield();
        await new TaskCompletionSource().Task; // The second.
    }

    private static int LineOfSecondAwait([CallerFilePath] string path = "") =>
        Array.FindIndex(File.ReadAllLines(path), l => l.EndsWith("// The second.", StringComparison.Ordinal)) + 1;

    private static async Task HangElsewhereAsync()
    {
        await Task.Yield();
        await new TaskCompletionSource().Task;
    }

    private static async Task SleepAsync(EventLoop loop) => await loop.Delay(TimeSpan.FromHours(1));

    private async Task WaitAsync() => await _signal!.Task;
}
