using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <content>
/// What the compiler refuses. An async lambda converts to an <see cref="Action"/> as well; these overloads fit better,
/// and say why not. They infer the task's type, which a lambda that only throws does not have: that one is an
/// <see cref="Action"/>.
/// </content>
public sealed partial class EventLoop
{
    internal const string LostTask = "The task of an async callback would be lost. Start it as a task.";

    /// <summary>Refused: the callback's task would be lost. Start a task instead.</summary>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoon<TTask>(Func<TTask> callback)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoon<TTask>(Func<object?, TTask> callback, object? state)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoonThreadSafe<TTask>(Func<TTask> callback)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoonThreadSafe<TTask>(Func<object?, TTask> callback, object? state)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallLater<TTask>(TimeSpan delay, Func<TTask> callback)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallLater<TTask>(TimeSpan delay, Func<object?, TTask> callback, object? state)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallAt<TTask>(TimeSpan when, Func<TTask> callback)
        where TTask : Task => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon{TTask}(Func{TTask})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AddSignalHandler<TTask>(PosixSignal signal, Func<TTask> callback)
        where TTask : Task => throw new NotSupportedException();
}
