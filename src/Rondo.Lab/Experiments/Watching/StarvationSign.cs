namespace Rondo.Lab.Experiments.Watching;

/// <summary>
/// Notices what a thread pool does that is blocked: its threads become more, second by second, while the processors have
/// little to do.
/// </summary>
internal sealed class StarvationSign
{
    private const int Enough = 3;
    private const double LittleToDo = 0.5;

    private int _growing;

    /// <summary>Takes another second.</summary>
    /// <param name="threads">How many more threads there are than a second ago.</param>
    /// <param name="cpu">Processors in use; null if unknown.</param>
    /// <param name="queued">What waits for the pool; null if unknown.</param>
    /// <returns>Whether it looks like starvation now.</returns>
    public bool Notice(int threads, double? cpu, long? queued)
    {
        _growing = threads > 0 && (cpu is null or < LittleToDo) && (queued is null or > 0) ? _growing + 1 : 0;
        return _growing >= Enough;
    }
}
