namespace Rondo.Runtime;

/// <summary>
/// A stretch of code that is cancelled as a whole. Scopes nest: cancelling one cancels what is inside it. The innermost
/// one flows with the execution context, so that a primitive far below finds it without being handed a token.
/// </summary>
/// <threadsafety>
/// <see cref="Cancel"/> and <see cref="Token"/> from any thread; everything else belongs to the loop's thread.
/// </threadsafety>
public sealed class CancelScope
{
    private static readonly AsyncLocal<CancelScope?> s_current = new();

    private readonly CancelScope? _outer;

    // Made when somebody asks: most tasks end without one.
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _link;
    private bool _hasEnded;
    private bool _endedCancelled;
    private bool _isOverdue;

    internal CancelScope(CancelScope? outer) => _outer = outer;

    /// <summary>The innermost scope that the caller runs in, or null.</summary>
    public static CancelScope? Current
    {
        get => s_current.Value;
        internal set => s_current.Value = value;
    }

    /// <summary>
    /// Cancelled with this scope and with every one around it, as far as none in between is shielded. For calls into
    /// libraries.
    /// </summary>
    public CancellationToken Token =>
        Volatile.Read(ref _hasEnded) ? new CancellationToken(_endedCancelled) : Source().Token;

    /// <summary>Whether this scope or one around it is cancelled, as far as none in between is shielded.</summary>
    public bool IsCancelled => Volatile.Read(ref _hasEnded) ? _endedCancelled
        : Volatile.Read(ref _source) is { } source ? source.IsCancellationRequested
        : Around is { IsCancelled: true };

    /// <summary>Cancels what runs inside. Any thread; again, or after its end, does nothing.</summary>
    public void Cancel()
    {
        if (Volatile.Read(ref _hasEnded))
        {
            return;
        }

        // What awaits goes on in the next turn, not inside this call; what awaits with ConfigureAwait(false) stays on
        // the loop: under the loop's context it would go on in the thread pool.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Source().Cancel();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/> in a new scope. If the scope is cancelled, by its deadline or by
    /// <see cref="Cancel"/>, and none around it is, the body's <see cref="OperationCanceledException"/> ends here.
    /// </summary>
    /// <param name="body">Takes the scope; whatever it starts and awaits is cancelled with it.</param>
    /// <param name="deadline">
    /// From now; none when null or <see cref="Timeout.InfiniteTimeSpan"/>. Needs a running loop.
    /// </param>
    /// <returns>Whether the body was cancelled by this scope.</returns>
    public static Task<bool> RunAsync(Func<CancelScope, Task> body, TimeSpan? deadline = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(new CancelScope(Current), body, deadline);
    }

    /// <summary>
    /// Runs clean-up that has to wait, though a scope around it is cancelled: <paramref name="body"/> goes on in a new
    /// scope that is cancelled by its limit and by <see cref="Cancel"/> only (trio: a shielded scope). Who has cancelled
    /// waits for it, so give it a limit.
    /// </summary>
    /// <remarks>
    /// What comes after it in a cancelled scope ends at its first await, as before. The debug mode does not take the time
    /// in here for a cancellation that was ignored.
    /// </remarks>
    /// <param name="body">Takes the scope; whatever it starts and awaits is cancelled with it alone.</param>
    /// <param name="limit">
    /// From now; none when null or <see cref="Timeout.InfiniteTimeSpan"/>. Needs a running loop.
    /// </param>
    /// <returns>Whether the body was cut short, by the limit or by <see cref="Cancel"/>.</returns>
    public static async Task<bool> RunShieldedAsync(Func<CancelScope, Task> body, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var task = LoopTask.Current;
        Count(1);
        try
        {
            return await RunAsync(new CancelScope(Current) { IsShielded = true }, body, limit);
        }
        finally
        {
            Count(-1);
        }

        void Count(int more)
        {
            if (task is not null)
            {
                task.Shields += more;
            }
        }
    }

    private static async Task<bool> RunAsync(CancelScope scope, Func<CancelScope, Task> body, TimeSpan? deadline)
    {
        var timer = deadline is { } limit
            ? Loop().CallLater(limit, static s => ((CancelScope)s!).PassDeadline(), scope)
            : null;
        try
        {
            // The assignment ends with this method: an async method's changes to its context do not reach its caller.
            Current = scope;
            await body(scope);
            return false;
        }
        catch (OperationCanceledException) when (scope.OwnsCancellation)
        {
            return true;
        }
        finally
        {
            timer?.Cancel();
            scope.Detach();
        }
    }

    /// <summary>Whether it was its deadline that has cancelled it; it is asked when the body has ended.</summary>
    internal bool IsOverdue => _isOverdue;

    /// <summary>In which it was made, for whose it is.</summary>
    internal CancelScope? Outer => _outer;

    /// <summary>Whether what is around it does not cancel it.</summary>
    internal bool IsShielded { get; private init; }

    /// <summary>The task whose scope it is; null for a scope inside a task.</summary>
    internal LoopTask? Owner { get; init; }

    /// <summary>Whether this scope is cancelled and none around it is.</summary>
    internal bool OwnsCancellation => IsCancelled && Around is not { IsCancelled: true };

    // Whose cancellation is its own, too.
    private CancelScope? Around => IsShielded ? null : _outer;

    /// <summary>Goes on with a token that is not cancelled; who holds the old one stays cancelled.</summary>
    internal void Renew()
    {
        _link.Dispose();
        Volatile.Write(ref _source, null);
    }

    /// <summary>Leaves the scope around it, which would otherwise remember this one for as long as it lives.</summary>
    internal void Detach()
    {
        _endedCancelled = IsCancelled;
        Volatile.Write(ref _hasEnded, true);
        _link.Dispose();

        // What still waits for the token is not held by a scope that has ended.
        Volatile.Write(ref _source, null);
    }

    private void PassDeadline()
    {
        _isOverdue = !IsCancelled;
        Cancel();
    }

    // Never disposed: without a timer or a wait handle there is nothing to give back, and who holds the token may
    // still ask it.
    private CancellationTokenSource Source()
    {
        if (Volatile.Read(ref _source) is { } known)
        {
            return known;
        }

        var made = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref _source, made, null) is { } first)
        {
            return first;
        }

        if (Around is { } around)
        {
            _link = around.Token.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), made);
            if (Volatile.Read(ref _hasEnded))
            {
                _link.Dispose();
            }
        }

        return made;
    }

    internal static EventLoop Loop() => EventLoop.Running
        ?? throw new InvalidOperationException("No event loop is running on this thread.");
}
