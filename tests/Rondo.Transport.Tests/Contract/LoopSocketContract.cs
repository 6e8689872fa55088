using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Contract;

/// <summary>What a socket that connects does, over any set of system calls. Each test has a loop of its own.</summary>
public abstract partial class LoopSocketContract : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private LoopThread? _thread;

    private LoopThread Thread => _thread!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _thread = new LoopThread(MakeCalls(), "test", onError: null);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.True(await Thread.StopAsync(Limit));
        GC.SuppressFinalize(this);
    }

    private protected abstract LinuxCalls MakeCalls();

    /// <summary>What a thousand exchanges may allocate.</summary>
    private protected virtual long MostAllocatedBytes => 0;

    /// <summary>Runs something as loop code, and waits until it has.</summary>
    private async Task<T> OnLoopAsync<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread.Loop.TryDispatch(new LoopCode(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }));
        return await done.Task.WaitAsync(Limit, Cancelled);
    }

    private Task OnLoopAsync(Action action) => OnLoopAsync(() =>
    {
        action();
        return true;
    });
}
