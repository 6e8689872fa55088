using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// How the process's other threads fare. One that holds a lock for a microsecond holds it for as long as the processor
/// is with somebody else.
/// </summary>
internal sealed class OtherThreads
{
    private Dictionary<int, (OsThreadTimes Times, bool IsRunnable)> _last = [];
    private TimeSpan _at;

    /// <summary>Forgets what was; the next question is answered from then on.</summary>
    public void Restart() => _last = [];

    /// <summary>
    /// The most that one thread has waited for a processor since the last question; zero where the kernel does not say.
    /// </summary>
    /// <param name="thread">Not this one.</param>
    /// <param name="now">The time of the question.</param>
    public TimeSpan Starved(OsThread? thread, TimeSpan now)
    {
        if (thread is null)
        {
            return TimeSpan.Zero;
        }

        var (most, passed) = (TimeSpan.Zero, now - _at);
        var times = new Dictionary<int, (OsThreadTimes Times, bool IsRunnable)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                || id == thread.Id
                || new OsThread(id) is var other && other.Times() is not { } current)
            {
                continue;
            }

            var isRunnable = other.IsRunnable();
            times[id] = (current, isRunnable);
            if (_last.TryGetValue(id, out var before))
            {
                // As long as it is in the queue, the kernel has not counted it.
                var isInQueue = isRunnable && before.IsRunnable && current == before.Times;
                var starved = isInQueue ? passed : current.InQueue - before.Times.InQueue;
                most = starved > most ? starved : most;
            }
        }

        (_last, _at) = (times, now);
        return most;
    }
}
