using System.Diagnostics;
using System.Text.Json;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load;

/// <summary>
/// A worker process that makes one run after another, with its own collector, so that it and who asks never disturb each
/// other. It rehearses once.
/// </summary>
/// <threadsafety>One caller at a time.</threadsafety>
internal sealed class LoadSession : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LastGrace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _worker;
    private TimeSpan _grace = Grace;

    /// <param name="processors">Where the worker may run; empty for anywhere.</param>
    /// <exception cref="LoadException">It did not start.</exception>
    public LoadSession(IReadOnlyList<int> processors) =>
        _worker = BoundProcess.Start(StartInfo(), processors)
            ?? throw new LoadException("The worker process did not start.");

    /// <summary>Whether it can make no more runs, because one of them was stopped or has failed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="onSecond">Called with each second, in order.</param>
    /// <param name="onStart">Called when the worker is ready and begins.</param>
    /// <param name="stop">Ends the run within a second; its result is what was measured so far.</param>
    /// <exception cref="LoadException">The worker could not do it.</exception>
    /// <exception cref="OperationCanceledException">Stopped before there was anything to report.</exception>
    public async Task<LoadResult> RunAsync(
        LoadPlan plan, Action<LoadSecond> onSecond, Action onStart, CancellationToken stop)
    {
        // Until it is known to have gone well.
        IsOver = true;
        using var limit = new CancellationTokenSource();
        await using var ending = stop.Register(End);
        await using var late = stop.Register(() => limit.CancelAfter(StopLimit));
        try
        {
            await _worker.StandardInput.WriteLineAsync(
                JsonSerializer.Serialize(plan, LoadJsonContext.Default.LoadPlan));
            await _worker.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            stop.ThrowIfCancellationRequested();
            throw new LoadException($"The worker process takes no plan: {await ErrorAsync()}");
        }

        while (await _worker.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            var message = JsonSerializer.Deserialize(line, LoadJsonContext.Default.WorkerMessage)!;
            if (message.Second is { } second)
            {
                onSecond(second);
            }
            else if (message.IsStarting)
            {
                onStart();
            }
            else
            {
                IsOver = message.Result is null || stop.IsCancellationRequested;
                return message.Result ?? throw new LoadException(message.Error ?? "The worker said nothing.");
            }
        }

        throw new LoadException($"The worker process ended without a result: {await ErrorAsync()}");
    }

    public void Dispose()
    {
        try
        {
            End();
            if (!_worker.HasExited && !_worker.WaitForExit(_grace))
            {
                _worker.Kill();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It has gone meanwhile.
        }

        _worker.Dispose();
    }

    private static ProcessStartInfo StartInfo()
    {
        var start = BoundProcess.Again(LoadWorker.Verb);

        // The hot path is small: instrumenting it first costs more than it brings.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }

    // The end of its input ends the run under way, and the worker.
    private void End()
    {
        _grace = IsOver ? LastGrace : Grace;
        try
        {
            _worker.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone meanwhile.
        }
    }

    private async Task<string> ErrorAsync() =>
        (await _worker.StandardError.ReadToEndAsync(CancellationToken.None)).Trim();
}
