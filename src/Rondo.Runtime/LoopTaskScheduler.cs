namespace Rondo.Runtime;

/// <summary>The loop as <see cref="Task"/> sees it: a task's delegate is a callback.</summary>
internal sealed class LoopTaskScheduler(EventLoop loop) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    public void Execute(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task) => loop.Dispatch(task, null);

    // Never inline: a task that jumped the queue would run before what was scheduled earlier.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
