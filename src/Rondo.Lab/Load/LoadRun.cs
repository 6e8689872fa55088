namespace Rondo.Lab.Load;

/// <summary>One run in a worker process of its own.</summary>
internal static class LoadRun
{
    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="onSecond">Called with each second, in order.</param>
    /// <param name="stop">Ends the run within a second; its result is what was measured so far.</param>
    /// <exception cref="LoadException">The worker could not do it.</exception>
    /// <exception cref="OperationCanceledException">Stopped before there was anything to report.</exception>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        using var session = new LoadSession([]);
        return await session.RunAsync(plan, onSecond, static () => { }, stop);
    }
}
