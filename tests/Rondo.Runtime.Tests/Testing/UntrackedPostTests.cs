using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>Posts to a virtual loop from other threads: those that the test has declared, and the rest.</summary>
[Collection(RunsAlone.Name)]
public sealed class UntrackedPostTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Post_FromAThreadNobodyDeclared_FailsTheTestNamingCallbackAndThread()
    {
        var error = Assert.Throws<UntrackedPostException>(() => VirtualLoop.Run(test =>
        {
            InAThread("the stranger", () => test.Loop.CallSoonThreadSafe(Interfere));
            return test.Loop.Delay(Second);
        }));

        Assert.Contains("UntrackedPostTests.Interfere", error.Message, StringComparison.Ordinal);
        Assert.Contains("'the stranger'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ExternalWork", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Post_UndeclaredAndTheTestEndsAtOnce_FailsAllTheSame() => Assert.Throws<UntrackedPostException>(
        () => VirtualLoop.Run(test =>
        {
            InAThread("stranger", () => test.Loop.CallSoonThreadSafe(Interfere));
            return Task.CompletedTask;
        }));

    [Fact]
    public void Post_UndeclaredAndTheTestFailsAfterwards_NamesThePostAndKeepsTheFailure()
    {
        var error = Assert.Throws<UntrackedPostException>(() => VirtualLoop.Run(test =>
        {
            InAThread("stranger", () => test.Loop.CallSoonThreadSafe(Interfere));
            throw new InvalidOperationException("boom");
        }));

        Assert.Equal("boom", error.InnerException?.Message);
    }

    [Fact]
    public void Await_OfThePool_IsSuchAPostAndNamesTheMethodThatAwaits()
    {
        var error = Assert.Throws<UntrackedPostException>(() => VirtualLoop.Run(_ => HopAsync()));

        Assert.Contains($"{nameof(UntrackedPostTests)}.{nameof(HopAsync)}", error.Message, StringComparison.Ordinal);
        Assert.Contains("thread pool", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SwitchTo_FromThePool_IsSuchAPostToo()
    {
        var error = Assert.Throws<UntrackedPostException>(() => VirtualLoop.Run(test =>
        {
            _ = Task.Run(() => ComeBackAsync(test.Loop), CancellationToken.None);
            return new TaskCompletionSource().Task;
        }));

        Assert.Contains(nameof(ComeBackAsync), error.Message, StringComparison.Ordinal);

        static async Task ComeBackAsync(EventLoop loop) => await loop.SwitchTo();
    }

    [Fact]
    public void Await_OfThePoolAsExternalWork_IsExpected() => VirtualLoop.Run(async test =>
    {
        using (test.ExternalWork("hop"))
        {
            await HopAsync();
        }

        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    });

    [Fact]
    public void Post_FromTheLoopsOwnThread_IsExpected() => VirtualLoop.Run(async test =>
    {
        var ran = false;
        test.Loop.CallSoonThreadSafe(() => ran = true);
        await test.RunUntilIdleAsync();

        Assert.True(ran);
    });

    [Fact]
    public void AllowUntrackedPosts_LetsThemIn() => VirtualLoop.Run(async test =>
    {
        test.AllowUntrackedPosts = true;
        var ran = false;
        InAThread("stranger", () => test.Loop.CallSoonThreadSafe(() => ran = true));
        await test.Loop.Delay(Second);

        Assert.True(ran);
    });

    [Fact]
    public void ExternalWork_Open_HoldsTheClock() => VirtualLoop.Run(async test =>
    {
        var work = test.ExternalWork();
        var result = 0;
        var thread = new Thread(() =>
        {
            result = 42;
            test.Loop.CallSoonThreadSafe(work.Dispose);
        });
        test.Loop.CallSoon(thread.Start);

        await test.Loop.Delay(Second);

        Assert.Equal(42, result);
        Assert.Equal(Second, test.Loop.Time);
    });

    [Fact]
    public void ExternalWork_DisposedTwice_EndsItselfAlone()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            test.ExternalWorkLimit = TimeSpan.FromMilliseconds(50);
            var first = test.ExternalWork("first");
            test.ExternalWork("second");
            first.Dispose();
            first.Dispose();
            await test.Loop.Delay(Second);
        }));

        Assert.Contains("second", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("first", error.Message, StringComparison.Ordinal);
    }

    private static async Task HopAsync()
    {
        using var suspended = new ManualResetEventSlim();
        EventLoop.Running!.CallSoon(suspended.Set);
        await Task.Run(() => suspended.Wait(CancellationToken.None), CancellationToken.None);
    }

    private static void Interfere()
    {
    }

    private static void InAThread(string name, ThreadStart body)
    {
        var thread = new Thread(body) { Name = name };
        thread.Start();
        thread.Join();
    }
}
