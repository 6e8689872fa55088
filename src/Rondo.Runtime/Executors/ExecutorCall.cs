namespace Rondo.Runtime.Executors;

/// <summary>One call from a loop to an executor: submits, and brings the outcome back.</summary>
internal static class ExecutorCall
{
    /// <param name="loop">The loop that waits.</param>
    /// <param name="work">Gives the call its name: a delegate, or the method that is called.</param>
    /// <param name="submit">Takes the token that takes the work back.</param>
    public static LoopFuture<T> Start<T>(EventLoop loop, object work, Func<CancellationToken, Task<T>> submit)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var future = loop.CreateFutureOf<T>(work);
        var takeBack = new CancellationTokenSource();
        var tracked = loop.TrackWork(() => $"a call of {future.Name}");
        Task<T> job;
        try
        {
            job = submit(takeBack.Token);
        }
        catch
        {
            tracked?.Dispose();
            throw;
        }

        loop.ExpectPost();
        future.Cancelling = takeBack.Cancel;

        // By the loop's scheduler: straight from the worker to the loop, wherever the loop's context is current.
        job.ContinueWith(
            ended =>
            {
                tracked?.Dispose();
                Settle(future, ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            loop.TaskScheduler);
        return future;
    }

    private static void Settle<T>(LoopFuture<T> future, Task<T> ended)
    {
        if (ended.IsCanceled)
        {
            future.TrySetCanceled();
        }
        else if (ended.Exception is { } errors)
        {
            future.TrySetException(errors.InnerException!);
        }
        else
        {
#pragma warning disable RS0030 // It has ended.
            future.TrySetResult(ended.Result);
#pragma warning restore RS0030
        }
    }
}
