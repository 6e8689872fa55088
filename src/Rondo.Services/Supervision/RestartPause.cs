namespace Rondo.Services.Supervision;

/// <summary>
/// How long to wait before what has ended is started again: half a second, twice as long each time up to half a minute,
/// and from the beginning once it has stayed up for a minute. Chance keeps services apart that end together.
/// </summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class RestartPause(Random random)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan CalmAfter = TimeSpan.FromSeconds(60);

    // A fifth up or down: each pause is still longer than the one before.
    private const double Jitter = 0.2;

    private TimeSpan _next = Shortest;

    /// <param name="up">How long it was up.</param>
    /// <param name="exit">How it has ended.</param>
    public TimeSpan Next(TimeSpan up, ChildExit exit)
    {
        if (exit.IsMisuse)
        {
            // Nothing but another program or other settings help.
            return Longest;
        }

        var pause = up >= CalmAfter ? Shortest : _next;
        _next = Least(pause * 2, Longest);
        return Least(pause * (1 + (Jitter * ((random.NextDouble() * 2) - 1))), Longest);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
