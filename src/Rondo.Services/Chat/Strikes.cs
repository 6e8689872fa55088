using Rondo.Services.Hosting;

namespace Rondo.Services.Chat;

/// <summary>
/// Counts what a connection was refused: one mistake closes nobody, going on with it does. The chat's loop's.
/// </summary>
internal sealed class Strikes(TimeProvider time)
{
    private const int MostMistakes = 5;
    private const int MostTooFast = 50;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    // Of most connections there is never anything to count.
    private Dictionary<int, Queue<long>>? _struck;

    /// <summary>Counts a refusal. The code to close with when it was one too many.</summary>
    public int? Count(ProblemType type)
    {
        var (code, most) =
            type == ChatProblems.BadFrame ? (CloseCode.BadFrame, MostMistakes)
            : type == ChatProblems.InvalidKey ? (CloseCode.Unauthorised, 1)
            : type == ChatProblems.NameTaken || type == ChatProblems.UnusableName
                ? (CloseCode.NameTaken, MostMistakes)
            : type == ChatProblems.TooFast ? (CloseCode.TooFast, MostTooFast)
            : (0, 0);
        if (code == 0)
        {
            return null;
        }

        _struck ??= [];
        if (!_struck.TryGetValue(code, out var times))
        {
            _struck.Add(code, times = []);
        }

        times.Enqueue(time.GetTimestamp());
        while (time.GetElapsedTime(times.Peek()) > Memory)
        {
            times.Dequeue();
        }

        return times.Count >= most ? code : null;
    }
}
