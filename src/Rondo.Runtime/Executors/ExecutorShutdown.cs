namespace Rondo.Runtime.Executors;

/// <summary>The end of an executor: it has been closed, and ends what it has taken.</summary>
internal static class ExecutorShutdown
{
    /// <summary>What notices that an executor is dropped instead; it belongs to the loop that runs here.</summary>
    public static CloseGuard Guard(string name, Action close)
    {
        var options = EventLoop.Running is { } loop ? loop.Options with { Debug = loop.Debug } : new LoopOptions();
        return new CloseGuard($"executor {name}", options, close);
    }

    /// <param name="name">The executor's.</param>
    /// <param name="ended">Done when nothing is left.</param>
    /// <param name="limit">By <paramref name="clock"/>.</param>
    /// <param name="clock">The executor's.</param>
    /// <param name="cut">Called at the limit.</param>
    /// <returns>Whether it has ended within the limit.</returns>
    public static async Task<bool> AwaitAsync(string name, Task ended, TimeSpan limit, TimeProvider clock, Action cut)
    {
        using var tracked = EventLoop.Running?.TrackWork($"the shutdown of {name}");
        try
        {
            await ended.WaitAsync(limit, clock);
            return true;
        }
        catch (TimeoutException)
        {
            cut();
            return false;
        }
    }
}
