using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Contract;

/// <summary>What a socket that connects does, over any set of system calls. Each test has a loop of its own.</summary>
public abstract partial class LoopSocketContract : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private LoopConnector? _connector;

    private LoopConnector Connector => _connector!;

    private LoopThread Thread => Connector.Thread;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _connector = MakeConnector(Limit);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.True(await Thread.StopAsync(Limit));
        await Connector.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract LinuxCalls MakeCalls();

    /// <summary>What a thousand exchanges may allocate.</summary>
    private protected virtual long MostAllocatedBytes => 0;

    private LoopConnector MakeConnector(TimeSpan timeout) =>
        new(MakeCalls(), new LoopConnectorOptions { Name = "test", ConnectTimeout = timeout });

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

    /// <summary>Runs something as a callback of the loop, with what it awaits.</summary>
    private async Task AsCallbackAsync(Func<Task> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread.Loop.CallSoonThreadSafe((Action)(() => _ = RunAsync()));
        await done.Task.WaitAsync(Limit, Cancelled);

        async Task RunAsync()
        {
            try
            {
                await action();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
    }

    private Task OnLoopAsync(Action action) => OnLoopAsync(() =>
    {
        action();
        return true;
    });
}
