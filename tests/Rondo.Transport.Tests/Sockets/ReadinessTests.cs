using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Sockets;

public sealed class ReadinessTests
{
    private Readiness _side;

    [Fact]
    public void TryWait_NothingSignalled_Waits()
    {
        _side.Clear();

        Assert.True(_side.TryWait());
        Assert.True(_side.Signal());
    }

    [Fact]
    public void TryWait_SignalledSinceCleared_NeedNotWait()
    {
        _side.Clear();

        Assert.False(_side.Signal());
        Assert.True(_side.IsSignalled);
        Assert.False(_side.TryWait());
    }

    [Fact]
    public void Signal_Twice_ServesTheWaiterOnce()
    {
        _side.TryWait();

        Assert.True(_side.Signal());
        Assert.False(_side.Signal());
    }

    /// <summary>
    /// A user on one thread, the loop on another: what has been produced before the last signal is always consumed.
    /// </summary>
    [Fact(Timeout = 60_000)]
    public async Task ClearThenWait_AgainstSignals_LosesNone()
    {
        const int Rounds = 200_000;
        var token = TestContext.Current.CancellationToken;
        var produced = 0;
        using var served = new SemaphoreSlim(0);
        var loop = Task.Run(() =>
        {
            for (var n = 1; n <= Rounds; n++)
            {
                Volatile.Write(ref produced, n);
                if (_side.Signal())
                {
                    served.Release();
                }
            }
        }, token);
        var user = Task.Run(async () =>
        {
            while (true)
            {
                _side.Clear();

                // As full a fence as the system call that stands here.
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref produced) == Rounds)
                {
                    return;
                }

                if (_side.TryWait())
                {
                    await served.WaitAsync(token);
                }
            }
        }, token);

        await Task.WhenAll(loop, user).WaitAsync(token);
    }
}
