using System.Collections.Concurrent;

namespace Rondo.Runtime.Tests;

/// <summary>
/// Loops that change threads in the middle of a callback. Real threads, which wait for one another and for no clock.
/// </summary>
public sealed class HandOverTests : IDisposable
{
    private readonly Threads _threads = new();
    private readonly EventLoop _loop;
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ManualResetEventSlim _isBlocked = new();
    private readonly ManualResetEventSlim _release = new();

    public HandOverTests() => _loop = new EventLoop(new LoopOptions { HandOver = _threads });

    public void Dispose()
    {
        _release.Set();
        _loop.Close();
        _isBlocked.Dispose();
        _release.Dispose();
    }

    [Fact]
    public void Claim_OfABlockedCallback_LetsAnotherThreadGoOnWithTheTurn()
    {
        _loop.CallSoon(Block);
        _loop.CallSoon(() => _seen.Enqueue("second"));
        _loop.CallSoon(() => _seen.Enqueue("third"));
        var first = Start();
        TakeOver(out var second);

        _loop.Stop();
        Assert.True(second.Result());
        Assert.Equal(["blocks", "second", "third"], _seen);

        _release.Set();
        Assert.False(first.Result());
        Assert.Equal(["blocks", "second", "third", "goes on"], _seen);
    }

    [Fact]
    public void Claim_InATurnOfTheNewOwner_HandsTheLoopOnOnceMore()
    {
        _loop.CallSoon(Block);
        _loop.CallSoon(Block);
        _loop.CallSoon(() => _seen.Enqueue("third"));
        var first = Start();
        TakeOver(out var second);
        TakeOver(out var third);

        _loop.Stop();
        Assert.True(third.Result());
        _release.Set();
        Assert.False(first.Result());
        Assert.False(second.Result());
        Assert.Equal(["blocks", "blocks", "third", "goes on", "goes on"], _seen);
    }

    [Fact]
    public void Claim_WithTheWordOfAnEarlierCallback_Fails()
    {
        var earlier = 0L;
        _loop.CallSoon(() => earlier = _loop.Word);
        _loop.CallSoon(Block);
        var first = Start();
        Await(_isBlocked);

        Assert.True(EventLoop.IsApplicationCode(earlier));
        Assert.False(_loop.TryClaim(earlier));
        End(first);
    }

    [Fact]
    public void Claim_OfLoopCode_Fails()
    {
        _loop.Dispatch(new Work(Block), null);
        var first = Start();
        Await(_isBlocked);

        Assert.False(_loop.TryClaim(_loop.Word));
        End(first);
    }

    [Fact]
    public void ClaimOwn_InsideTheCallback_SucceedsOnceAndForNobodyElse()
    {
        _loop.CallSoon(() =>
        {
            Assert.False(OnAnotherThread(_loop.TryClaimOwn).Result());
            Assert.True(_loop.TryClaimOwn());
            Assert.False(_loop.TryClaimOwn());
            Block();
        });
        var first = Start();
        Await(_isBlocked);
        var second = Start();
        _loop.Stop();

        Assert.True(second.Result());
        _release.Set();
        Assert.False(first.Result());
    }

    [Fact]
    public void ClaimOwn_AfterTheLoopIsLost_LeavesTheNewOwnersCallbackAlone()
    {
        using var isInSecond = new ManualResetEventSlim();
        using var hasTried = new ManualResetEventSlim();
        var claimed = true;
        _loop.CallSoon(() =>
        {
            Block();
            claimed = _loop.TryClaimOwn();
            hasTried.Set();
        });
        _loop.CallSoon(() =>
        {
            isInSecond.Set();
            Await(hasTried);
        });
        var first = Start();
        TakeOver(out var second);
        Await(isInSecond);
        _release.Set();
        _loop.Stop();

        Assert.True(second.Result());
        Assert.False(first.Result());
        Assert.False(claimed);
    }

    [Fact]
    public void ApplicationCode_OnTheLoopsThread_OwnsNothing()
    {
        _loop.CallSoon(() =>
        {
            _seen.Enqueue($"{_loop.IsRunByCaller} {_loop.IsOwnedByCaller} {EventLoop.Running is null}");
            _loop.CallSoon(() => _seen.Enqueue("posted"));
            Assert.Throws<InvalidOperationException>(() => _loop.CallLater(TimeSpan.Zero, () => { }));
            Assert.Null(SynchronizationContext.Current);
            _loop.Stop();
        });
        _loop.Dispatch(new Work(() => _seen.Enqueue($"{_loop.IsRunByCaller} {_loop.IsOwnedByCaller}")), null);
        Assert.True(Start().Result());

        Assert.Equal(["True False True", "True True", "posted"], _seen);
    }

    [Fact]
    public void Work_ThatCallsApplicationCode_CanBeClaimedFromThere()
    {
        _loop.Dispatch(new Work(() => _loop.CallApplication(_ => Block(), null)), null);
        _loop.CallSoon(() => _seen.Enqueue("second"));
        var first = Start();
        TakeOver(out var second);

        _loop.Stop();
        Assert.True(second.Result());
        End(first, stopped: false);
        Assert.Equal(["blocks", "second", "goes on"], _seen);
    }

    [Fact]
    public void Schedule_ByTheThreadThatLostTheLoop_RunsOnTheNewOwner()
    {
        using var hasRun = new ManualResetEventSlim();
        var runner = 0;
        _loop.CallSoon(() =>
        {
            Block();
            _loop.CallSoon(() =>
            {
                runner = Environment.CurrentManagedThreadId;
                hasRun.Set();
            });
        });
        var first = Start();
        TakeOver(out var second);
        _release.Set();
        Await(hasRun);
        _loop.Stop();

        Assert.True(second.Result());
        Assert.False(first.Result());
        Assert.Equal(second.Id, runner);
    }

    [Fact]
    public void Threads_Exhausted_ApplicationCodeGoesToThePoolAndLoopCodeStays()
    {
        _threads.Exhausted = true;
        using var hasRun = new ManualResetEventSlim();
        var isPool = false;
        var isOwned = false;
        _loop.CallSoon(() =>
        {
            isPool = Thread.CurrentThread.IsThreadPoolThread;
            hasRun.Set();
        });
        _loop.Dispatch(new Work(() => isOwned = _loop.IsOwnedByCaller), null);
        var first = Start();
        Await(hasRun);
        _loop.Stop();

        Assert.True(first.Result());
        Assert.True(isPool);
        Assert.True(isOwned);
    }

    [Fact]
    public void Callback_Throws_AfterItsThreadHasLostTheLoop_IsReportedAndTheLoopGoesOn()
    {
        var errors = new ConcurrentQueue<LoopError>();
        using var loop = new EventLoop(new LoopOptions { HandOver = _threads, ErrorHandler = errors.Enqueue });
        loop.CallSoon(BlockAndThrow);
        var first = OnAnotherThread(loop.RunUntilLost);
        Await(_isBlocked);
        Assert.True(loop.TryClaim(loop.Word));
        var second = OnAnotherThread(loop.RunUntilLost);
        _release.Set();
        Assert.False(first.Result());
        loop.Stop();

        Assert.True(second.Result());
        Assert.IsType<InvalidDataException>(Assert.Single(errors).Exception);
    }

    [Fact]
    public void Watch_Resting_IsResumedByTheFirstCallback()
    {
        _threads.Resting = true;
        _loop.CallSoon(() => _seen.Enqueue($"{_threads.Resting}"));
        _loop.CallSoon(_loop.Stop);
        Assert.True(Start().Result());

        Assert.Equal(["False"], _seen);
    }

    [Fact]
    public void Timers_OfALoopThatChangesThreads_RunOnTheNewOwner()
    {
        using var hasRun = new ManualResetEventSlim();
        _loop.CallLater(TimeSpan.FromTicks(1), new Work(hasRun.Set));
        _loop.CallSoon(Block);
        var first = Start();
        TakeOver(out var second);
        Await(hasRun);
        _loop.Stop();

        Assert.True(second.Result());
        End(first, stopped: false);
    }

    /// <summary>Callbacks of a few microseconds against somebody who claims whatever he can, for ever.</summary>
    [Fact]
    public void Claims_AtAnyMoment_LoseNoCallbackAndRunNoneTwice()
    {
        const int Count = 2_000;
        var ran = new int[Count];
        var left = Count;
        for (var i = 0; i < Count; i++)
        {
            _loop.CallSoon(
                n =>
                {
                    Interlocked.Increment(ref ran[(int)n!]);
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        _loop.Stop();
                    }
                },
                i);
        }

        var threads = new List<Running> { Start() };
        while (Volatile.Read(ref left) > 0)
        {
            if (_loop.TryClaim(_loop.Word))
            {
                threads.Add(Start());
            }
        }

        Assert.Single(threads, t => t.Result());
        Assert.All(ran, n => Assert.Equal(1, n));
    }

    private void Block()
    {
        _seen.Enqueue("blocks");
        _isBlocked.Set();
        Await(_release);
        _seen.Enqueue("goes on");
    }

    private void BlockAndThrow()
    {
        Block();
        throw new InvalidDataException();
    }

    private Running Start() => OnAnotherThread(_loop.RunUntilLost);

    private void TakeOver(out Running owner)
    {
        Await(_isBlocked);
        _isBlocked.Reset();
        Assert.True(_loop.TryClaim(_loop.Word));
        owner = Start();
    }

    private void End(Running running, bool stopped = true)
    {
        _loop.Stop();
        _release.Set();
        Assert.Equal(stopped, running.Result());
    }

    private static void Await(ManualResetEventSlim happened) =>
        Assert.True(happened.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

    private static Running OnAnotherThread(Func<bool> body) => new(body);

    private sealed class Running
    {
        private readonly Thread _thread;
        private bool _outcome;

        public Running(Func<bool> body)
        {
            _thread = new Thread(() => _outcome = body()) { IsBackground = true };
            _thread.UnsafeStart();
        }

        public int Id => _thread.ManagedThreadId;

        public bool Result()
        {
            Assert.True(_thread.Join(TimeSpan.FromSeconds(30)));
            return _outcome;
        }
    }

    private sealed class Work(Action action) : ILoopWork
    {
        public void Run() => action();
    }

    private sealed class Threads : HandOver
    {
        public bool Exhausted { get; set; }

        public bool Resting { get; set; }

        public override bool IsExhausted => Exhausted;

        public override bool IsResting => Resting;

        public override void Resume() => Resting = false;
    }
}
