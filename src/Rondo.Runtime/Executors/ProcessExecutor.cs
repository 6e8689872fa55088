using System.Linq.Expressions;

namespace Rondo.Runtime.Executors;

/// <summary>
/// A pool of worker processes for work that computes, crashes, leaks or never ends (Python:
/// <c>ProcessPoolExecutor</c>). Each worker is this same program, started so that it serves calls instead of running
/// <c>Main</c>. A worker that dies fails only the call that it ran, and is replaced; cancelling a call that runs, or
/// exceeding <see cref="ProcessExecutorOptions.CallTimeout"/>, kills its worker. Workers end with the program, however
/// that ends.
/// </summary>
/// <remarks>
/// <para>
/// Static methods can be called, and lambdas that capture nothing; with <see cref="CallAsync{T}"/> also a static method
/// with arguments that are evaluated here. Arguments and results of primitive types, strings and arrays of numbers go
/// as their bytes, everything else as JSON by its declared type. <see cref="AsyncLocal{T}"/> values and static state
/// stay in their process.
/// </para>
/// <para>Dispose it. One that is dropped instead is reported as <see cref="Unclosed"/>.</para>
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
public sealed class ProcessExecutor : IExecutor
{
    private readonly WorkerPool _pool;
    private readonly CloseGuard _guard;

    /// <summary>Makes a pool; workers start with the first call.</summary>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotShippableException">
    /// <see cref="ProcessExecutorOptions.Initializer"/> is more than a static method.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// This process was started as a worker, but runs <c>Main</c>: see <see cref="RunWorkerIfAsked"/>.
    /// </exception>
    public ProcessExecutor(ProcessExecutorOptions? options = null)
    {
        options ??= new ProcessExecutorOptions();
        options.Check();
        if (WorkerInvitation.Read() is not null)
        {
            throw new InvalidOperationException(
                "This process was started as a worker, and runs Main. Call ProcessExecutor.RunWorkerIfAsked() first.");
        }

        _pool = new WorkerPool(options);
        WorkerMetrics.Add(_pool);
        _guard = ExecutorShutdown.Guard(Name, _pool.Close);
    }

    /// <summary>For people; see <see cref="ProcessExecutorOptions.Name"/>.</summary>
    public string Name => _pool.Options.Name;

    /// <summary>How many worker processes serve at present, spares included.</summary>
    public int WorkerCount => _pool.WorkerCount;

    /// <summary>How many of its workers are at work.</summary>
    public int BusyWorkers => _pool.BusyWorkers;

    /// <summary>How many calls wait for a worker.</summary>
    public int QueueLength => _pool.QueueLength;

    /// <summary>
    /// How long the oldest call that waits has waited so far; when none waits, how long the last that was sent had.
    /// </summary>
    public TimeSpan QueueLatency => _pool.QueueLatency;

    /// <summary>
    /// Serves and does not return if this process was started as a worker; else does nothing. Only needed as the first
    /// line of <c>Main</c> in a program that is built without startup hooks, as a trimmed one is.
    /// </summary>
    public static void RunWorkerIfAsked()
    {
        WorkerLaunch.MainServes = true;
        WorkerHost.RunIfAsked();
    }

    /// <inheritdoc />
    /// <param name="work">A static method, or a lambda that captures nothing.</param>
    /// <param name="cancellationToken">Takes the call back; if it runs, its worker is killed and replaced.</param>
    /// <returns>
    /// What the work returns. Else it fails with <see cref="RemoteException"/> (the work has thrown),
    /// <see cref="WorkerCrashedException"/>, <see cref="TimeoutException"/>, <see cref="NotShippableException"/> (an
    /// argument or the result), or <see cref="QueueFullException"/>.
    /// </returns>
    /// <exception cref="NotShippableException">The work is more than a static method.</exception>
    public Task<T> SubmitAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Submit(new WorkerCall<T>(ShippedMethod.Of(work)), cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync{T}"/>
    /// <param name="work">A static method, or a lambda that captures nothing.</param>
    /// <param name="argument">Copied to the worker, as it is now.</param>
    /// <param name="cancellationToken">Takes the call back; if it runs, its worker is killed and replaced.</param>
    public Task<T> SubmitAsync<TArg, T>(
        Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var call = new WorkerCall<T>(ShippedMethod.Of(work));
        return Write(call, argument) is { } refused
            ? Task.FromException<T>(refused)
            : Submit(call, cancellationToken);
    }

    /// <summary>
    /// Calls a static method in a worker: <c>CallAsync(() => Jobs.Render(page, 300))</c>. The arguments are evaluated
    /// here and now.
    /// </summary>
    /// <param name="call">One call of a static method; its arguments may be any expressions.</param>
    /// <param name="cancellationToken">Takes the call back; if it runs, its worker is killed and replaced.</param>
    /// <inheritdoc cref="SubmitAsync{T}" path="/returns"/>
    /// <exception cref="NotShippableException">It is not one call of a static method.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been shut down.</exception>
    public Task<T> CallAsync<T>(Expression<Func<T>> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Call<T>(call.Body, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(Expression<Action> call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Call<bool>(call.Body, cancellationToken);
    }

    /// <summary>
    /// Runs work in a worker and blocks until it has ended: for threads that have nothing else to do. It is the
    /// shortest way, since the caller reads the answer himself.
    /// </summary>
    /// <inheritdoc cref="SubmitAsync{TArg, T}"/>
    /// <returns>What the work returns; it throws what the task of <c>SubmitAsync</c> would.</returns>
    public T SubmitBlocking<TArg, T>(Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var call = new WorkerCall<T>(ShippedMethod.Of(work));
        if (Write(call, argument) is { } refused)
        {
            throw refused;
        }

        call.CancelWith(_pool.Leave, cancellationToken);
        if (_pool.TryTake(call) is not { } worker)
        {
            Enqueue(call);
        }
        else
        {
            worker.SendLarge();
            if (!worker.Pump(until: call))
            {
                _pool.Broken(worker);
            }
        }

        GC.KeepAlive(this);
#pragma warning disable RS0030 // It blocks, as it says.
        return call.Outcome.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    /// <summary>
    /// Takes no more calls, and waits for those it has taken. At the limit, those that wait are cancelled, those that
    /// run are killed with their workers and end as cancelled.
    /// </summary>
    /// <inheritdoc />
    public Task<bool> ShutdownAsync(TimeSpan limit)
    {
        _guard.Dispose();
        _pool.Close();
        return ExecutorShutdown.AwaitAsync(Name, _pool.AllEnded, limit, _pool.Options.Clock, _pool.Cut);
    }

    /// <summary>
    /// Shuts down and waits, at most <see cref="ProcessExecutorOptions.ShutdownLimit"/>; then workers are killed.
    /// </summary>
    public async ValueTask DisposeAsync() => await ShutdownAsync(_pool.Options.ShutdownLimit);

    private static NotShippableException? Write<TArg, T>(WorkerCall<T> call, TArg argument)
    {
        try
        {
            ValueCodec<TArg>.Instance.Write(call.Frame, argument);
            return null;
        }
        catch (Exception error)
        {
            call.Release();
            return NotShippableException.Argument(
                call.Method.Method, call.Method.Parameters.LastOrDefault(), argument?.GetType() ?? typeof(TArg), error);
        }
    }

    private Task<T> Call<T>(Expression body, CancellationToken cancellationToken)
    {
        var (method, arguments) = CallExpression.Read(body);
        var call = new WorkerCall<T>(method);
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = method.Parameters[i];
            try
            {
                ValueCodec.For(parameter.ParameterType).WriteObject(call.Frame, arguments[i]);
            }
            catch (Exception error)
            {
                call.Release();
                return Task.FromException<T>(NotShippableException.Argument(
                    method.Method, parameter, arguments[i]?.GetType() ?? parameter.ParameterType, error));
            }
        }

        return Submit(call, cancellationToken);
    }

    private Task<T> Submit<T>(WorkerCall<T> call, CancellationToken cancellationToken)
    {
        // Before it is queued: afterwards it might have ended, and the token would keep it.
        call.CancelWith(_pool.Leave, cancellationToken);
        try
        {
            Enqueue(call);
        }
        catch (QueueFullException full)
        {
            return Task.FromException<T>(full);
        }

        // It has not been dropped while it is being called.
        GC.KeepAlive(this);
        return call.Outcome;
    }

    private void Enqueue(WorkerCall call)
    {
        try
        {
            _pool.Enqueue(call);
        }
        catch
        {
            call.Refuse();
            throw;
        }
    }
}
