using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <content>
/// The end of a run, in this order: the tasks that are left are cancelled and awaited, their failures reported, what
/// was registered is disposed, the default executor shut down, the loop closed.
/// </content>
public sealed partial class EventLoop
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<IAsyncDisposable, long> _disposables = new(ReferenceEqualityComparer.Instance);
    private long _disposableCount;

    /// <summary>The program, as a task; null before it runs.</summary>
    internal LoopTask? Main { get; private set; }

    /// <summary>
    /// Disposes <paramref name="resource"/> at the end of <see cref="Run(Func{Task}, LoopOptions?)"/>, after the tasks
    /// have ended; the last registered first. For what nobody is left to dispose: above all an async iterator
    /// (<see cref="IAsyncEnumerator{T}"/>) that is driven by hand, because the platform, unlike asyncio, does not tell
    /// when one is abandoned. <c>await foreach</c> and <c>await using</c> dispose by themselves.
    /// </summary>
    /// <param name="resource">Kept until then; registering it again changes nothing.</param>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public void RegisterForDispose(IAsyncDisposable resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        CheckCaller();
        _disposables.TryAdd(resource, _disposableCount++);
    }

    /// <summary>Takes back <see cref="RegisterForDispose"/>: it has been disposed.</summary>
    /// <returns>Whether it was registered.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool UnregisterForDispose(IAsyncDisposable resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        CheckCaller();
        return _disposables.Remove(resource);
    }

    /// <summary>Runs main, ends what is left, closes the loop.</summary>
    /// <param name="main">The program.</param>
    /// <param name="verdict">Asked when the loop can go on no more; null as long as it can.</param>
    internal T RunToTheEnd<T>(Func<Task<T>> main, Func<Exception?> verdict)
    {
        using (this)
        {
            _verdict = verdict;
            try
            {
                return RunUntilComplete(main);
            }
            finally
            {
                EndTasks();
                DisposeRegistered();
                ShutDownExecutor();
            }
        }
    }

    private static T RunInterruptibly<T>(EventLoop loop, Func<Task<T>> main)
    {
        var interrupt = new Interrupt(loop);
        loop.HandleSignal(PosixSignal.SIGINT, interrupt);
        try
        {
            return loop.RunToTheEnd(
                async () =>
                {
                    try
                    {
                        return await main();
                    }
                    finally
                    {
                        interrupt.MainEnded();
                    }
                },
                () => null);
        }
        catch (OperationCanceledException cancelled) when (interrupt.HasCancelled(loop.Main!))
        {
            Interrupt.SetExitCode();
            throw new KeyboardInterruptException(cancelled);
        }
    }

    /// <summary>
    /// Cancels what is left and runs until it has ended; then what that has started meanwhile, and so on. Reports the
    /// failures that nobody has looked at.
    /// </summary>
    private void EndTasks()
    {
        while (_tasks.Count > 0)
        {
            var round = _tasks.ToList();
            foreach (var task in round)
            {
                CancelAndReport(task, "the loop ends");
            }

            RunToEndOf(round, task => $"task {task}");
        }

        ReportFailed();
    }

    private void DisposeRegistered()
    {
        while (_disposables.Count > 0)
        {
            var (resource, _) = _disposables.MaxBy(d => d.Value);
            _disposables.Remove(resource);
            var name = $"the disposal of {resource.GetType().Name}";
            RunToEndOf([CreateTask(async () => await resource.DisposeAsync(), name)], task => task.Name);
            EndTasks();
        }
    }

    private void ShutDownExecutor()
    {
        if (_defaultExecutor is not { } executor)
        {
            return;
        }

        const string name = "work in the default executor";
        var hasEnded = true;
        var shutdown = CreateTask(
            async () => hasEnded = await executor.ShutdownAsync(Options.ExecutorShutdownLimit), "executor shutdown");
        RunToEndOf([shutdown], _ => name);
        EndTasks();
        if (!hasEnded)
        {
            Report(new UnfinishedAtEnd(this, [name], Options.ExecutorShutdownLimit, IsGivenUp: true));
        }
    }

    /// <summary>After a second, says who of these has not ended.</summary>
    internal TimerHandle NameLater(IReadOnlyList<LoopTask> tasks, Func<LoopTask, string> describe) =>
        CallLater(s_patience, () =>
        {
            string[] unfinished = [.. tasks.Where(t => !t.IsCompleted).Select(describe)];
            if (unfinished.Length > 0)
            {
                // One that was closed by no await of a cancelled task was not looked for.
                _mayHaveRing = true;
                Report(new UnfinishedAtEnd(this, unfinished, s_patience, IsGivenUp: false));
            }
        });

    /// <summary>Runs until all of these have ended; after a second, says for whom it waits.</summary>
    private void RunToEndOf(IReadOnlyList<LoopTask> tasks, Func<LoopTask, string> describe)
    {
        var left = tasks.Count;
        foreach (var task in tasks)
        {
            task.AddDoneCallback(_ =>
            {
                if (--left == 0)
                {
                    Stop();
                }
            });
        }

        var notice = NameLater(tasks, describe);

        // Somebody else may have stopped the loop.
        while (left > 0)
        {
            RunForever();
        }

        notice.Cancel();
    }
}
