namespace Rondo.Runtime;

/// <content>The debug mode's way in.</content>
public sealed partial class EventLoop
{
    private ILoopObserver? _observer;

    /// <summary>
    /// Whether the debug mode watches this loop; may be changed while it runs (asyncio: <c>set_debug</c>). Default:
    /// <see cref="LoopOptions.Debug"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on another thread than the loop's.</exception>
    public bool Debug
    {
        get => _observer is not null;
        set
        {
            CheckCaller();
            if (value == Debug)
            {
                return;
            }

            if (value)
            {
                Observe();
            }
            else
            {
                Unobserve();
            }
        }
    }

    /// <summary>Makes the observer. The room that watches sets it; the loop does not know that room.</summary>
    internal static Func<EventLoop, ILoopObserver>? ObserverFactory { get; set; }

    internal LoopOptions Options { get; }

    internal ILoopObserver? Observer => _observer;

    /// <summary>How many callbacks are ready; another thread may see a number that is gone already.</summary>
    internal int ReadyCount => Math.Max(0, _ready.Count);

    /// <summary>How many tasks have not ended; as above.</summary>
    internal int TaskCount => _tasks.Count;

    /// <summary>As <see cref="Tasks"/>, also when closed.</summary>
    internal IReadOnlyCollection<LoopTask> UnfinishedTasks => _tasks;

    /// <summary>When the next timer is due; null when none is set.</summary>
    internal TimeSpan? NextDeadline => _timers.Count > 0 ? new TimeSpan(_timers.NextDue) : null;

    /// <summary>Hands what has been found to whoever listens. Any thread.</summary>
    internal void Report(LoopReport report) =>
        LoopReport.Send(report, Options.ReportHandler ?? LoopReport.WriteToStandardError);

    private void Observe()
    {
        _observer = ObserverFactory!(this);
        ((LoopSynchronizationContext)SynchronizationContext).NotifyOfWaits();
        if (IsRunning)
        {
            _observer.RunStarting();
        }
    }

    private void Unobserve()
    {
        var observer = _observer;
        _observer = null;
        if (IsRunning)
        {
            observer?.RunEnded();
        }

        observer?.Dispose();
    }
}
