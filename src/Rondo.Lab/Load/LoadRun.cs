using System.Diagnostics;
using System.Text.Json;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load;

/// <summary>One run in a worker process of its own, with its own collector, so that the two never disturb each other.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LastGrace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="onSecond">Called with each second, in order.</param>
    /// <param name="stop">Ends the run within a second; its result is what was measured so far.</param>
    /// <exception cref="LoadException">The worker could not do it.</exception>
    /// <exception cref="OperationCanceledException">Stopped before there was anything to report.</exception>
    public static Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop) =>
        RunAsync(plan, onSecond, static () => { }, stop);

    /// <summary>As the other one.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="onSecond">Called with each second, in order.</param>
    /// <param name="onStart">Called when the worker is ready and begins.</param>
    /// <param name="stop">Ends the run within a second; its result is what was measured so far.</param>
    public static async Task<LoadResult> RunAsync(
        LoadPlan plan, Action<LoadSecond> onSecond, Action onStart, CancellationToken stop)
    {
        using var worker = BoundProcess.Start(StartInfo(), plan.Processors)
            ?? throw new LoadException("The worker process did not start.");
        try
        {
            await worker.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan, LoadJsonContext.Default.LoadPlan));
            await worker.StandardInput.FlushAsync(CancellationToken.None);
            await using var ending = stop.Register(worker.StandardInput.Close);
            using var limit = new CancellationTokenSource();
            await using var late = stop.Register(() => limit.CancelAfter(StopLimit));
            while (await worker.StandardOutput.ReadLineAsync(limit.Token) is { } line)
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
                    return message.Result ?? throw new LoadException(message.Error ?? "The worker said nothing.");
                }
            }

            throw new LoadException($"The worker process ended without a result: {await ErrorOf(worker)}");
        }
        finally
        {
            End(worker, stop.IsCancellationRequested ? LastGrace : Grace);
        }
    }

    private static async Task<string> ErrorOf(Process worker) =>
        (await worker.StandardError.ReadToEndAsync(CancellationToken.None)).Trim();

    private static ProcessStartInfo StartInfo()
    {
        var start = BoundProcess.Again(LoadWorker.Verb);

        // The hot path is small: instrumenting it first costs more than it brings.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }

    private static void End(Process worker, TimeSpan grace)
    {
        try
        {
            worker.StandardInput.Close();
            if (!worker.HasExited && !worker.WaitForExit(grace))
            {
                worker.Kill();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It has gone meanwhile.
        }
    }
}
