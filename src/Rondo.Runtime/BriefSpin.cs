using System.Diagnostics;

namespace Rondo.Runtime;

/// <summary>
/// Waits for something for a moment before its thread goes to sleep: to send a thread to sleep and to wake it takes
/// both sides longer than work that is over at once. Not where there is one processor.
/// </summary>
/// <param name="hasCome">Asked all the time; what other threads write, it reads as volatile.</param>
/// <param name="mostSkips">How many spins are left out at most after one in vain: 1 after the first, 3, 7, ...</param>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class BriefSpin(Func<bool> hasCome, int mostSkips)
{
    private const int PausesPerLook = 8;

    private static readonly bool s_isUseful = Environment.ProcessorCount > 1;

    // 20 us.
    private static readonly long s_limit = Stopwatch.Frequency / 50_000;

    private int _inVain;
    private int _toSkip;

    /// <returns>Whether it has come.</returns>
    public bool Run()
    {
        if (!s_isUseful)
        {
            return false;
        }

        if (_toSkip > 0)
        {
            _toSkip--;
            return false;
        }

        var end = Stopwatch.GetTimestamp() + s_limit;
        do
        {
            if (hasCome())
            {
                _inVain = 0;
                return true;
            }

            Thread.SpinWait(PausesPerLook);
        }
        while (Stopwatch.GetTimestamp() < end);
        _inVain = Math.Min((2 * _inVain) + 1, mostSkips);
        _toSkip = _inVain;
        return false;
    }
}
