using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <content>
/// What the compiler refuses. An async lambda converts to an <see cref="Action"/> as well; these overloads fit better,
/// and say why not.
/// </content>
public sealed partial class EventLoop
{
    private const string LostTask = "The task of an async callback would be lost. Start it as a task.";

    /// <summary>Refused: the callback's task would be lost. Start a task instead.</summary>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoon(Func<Task> callback) => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoon(Func<object?, Task> callback, object? state) => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoonThreadSafe(Func<Task> callback) => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public LoopHandle CallSoonThreadSafe(Func<object?, Task> callback, object? state) =>
        throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallLater(TimeSpan delay, Func<Task> callback) => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallLater(TimeSpan delay, Func<object?, Task> callback, object? state) =>
        throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TimerHandle CallAt(TimeSpan when, Func<Task> callback) => throw new NotSupportedException();

    /// <inheritdoc cref="CallSoon(Func{Task})"/>
    [Obsolete(LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AddSignalHandler(PosixSignal signal, Func<Task> callback) =>
        throw new NotSupportedException();
}
