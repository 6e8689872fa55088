using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>Real threads, which wait for one another and for no clock.</summary>
public sealed class SpareThreadsTests : IDisposable
{
    private const int Most = 20;

    private readonly SpareThreads _spares = new(Most, loops: 2);
    private readonly ManualResetEventSlim _release = new();

    public void Dispose()
    {
        _release.Set();
        _spares.Dispose();
    }

    [Fact]
    public void TryRun_UpToTheBound_RunsAllAtOnceAndRefusesMore()
    {
        using var running = new CountdownEvent(Most);
        for (var i = 0; i < Most; i++)
        {
            Assert.False(_spares.IsExhausted);
            Assert.True(_spares.TryRun(Hold, running));
        }

        Await(running.WaitHandle);
        Assert.True(_spares.IsExhausted);
        Assert.False(_spares.TryRun(Hold, running));

        _release.Set();
        Assert.True(SpinWait.SpinUntil(() => _spares.InUse == 0, TimeSpan.FromSeconds(30)));
        Assert.False(_spares.IsExhausted);
    }

    [Fact]
    public void RunLoop_WithoutAFreeThread_FindsOneBeyondTheBound()
    {
        using var running = new CountdownEvent(Most);
        for (var i = 0; i < Most; i++)
        {
            _spares.TryRun(Hold, running);
        }

        using var ran = new CountdownEvent(2);
        for (var i = 0; i < 2; i++)
        {
            _spares.RunLoop(() => Hold(ran), isTakenOver: true);
        }

        Await(running.WaitHandle);
        Await(ran.WaitHandle);
        Assert.Equal(Most + 2, _spares.InUse);
    }

    [Fact]
    public void TryRun_OneAfterTheOther_UsesTheSameThreads()
    {
        for (var i = 0; i < 1_000; i++)
        {
            using var done = new ManualResetEventSlim();
            Assert.True(_spares.TryRun(e => ((ManualResetEventSlim)e!).Set(), done));
            Await(done.WaitHandle);
            Assert.True(SpinWait.SpinUntil(() => _spares.InUse == 0, TimeSpan.FromSeconds(30)));
        }

        Assert.InRange(_spares.Count, 1, 4);
    }

    [Fact]
    public async Task PassRoomOn_ByOneThatNeedsNoThread_LetsTheNextGoOn()
    {
        using var running = new CountdownEvent(Most);
        using var one = new ManualResetEventSlim();
        for (var i = 1; i < Most; i++)
        {
            _spares.TryRun(Hold, running);
        }

        _spares.TryRun(_ => HoldUntil(one, running), null);
        Await(running.WaitHandle);
        var waiting = new[] { _spares.WaitForRoomAsync(), _spares.WaitForRoomAsync() };
        one.Set();
        Assert.True(await waiting[0]);

        _spares.PassRoomOn();

        Assert.True(await waiting[1]);
        Assert.Equal(Most - 1, _spares.InUse);
    }

    [Fact]
    public void Dispose_EndsTheThreads()
    {
        using var running = new CountdownEvent(1);
        _spares.TryRun(Hold, running);
        Await(running.WaitHandle);
        _spares.Dispose();
        _release.Set();

        Assert.True(SpinWait.SpinUntil(() => _spares.Count == 0, TimeSpan.FromSeconds(30)));
    }

    private static void Await(WaitHandle happened) => Assert.True(happened.WaitOne(TimeSpan.FromSeconds(30)));

    private void Hold(object? running) => Hold((CountdownEvent)running!);

    private bool Hold(CountdownEvent running)
    {
        HoldUntil(_release, running);
        return false;
    }

    private static void HoldUntil(ManualResetEventSlim release, CountdownEvent running)
    {
        running.Signal();
        release.Wait(TestContext.Current.CancellationToken);
    }
}
