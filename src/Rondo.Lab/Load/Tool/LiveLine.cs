using System.Globalization;

namespace Rondo.Lab.Load.Tool;

/// <summary>
/// Says how the run goes: on a terminal in one line that changes, elsewhere, if it is wanted, in a line per second.
/// </summary>
/// <param name="output">Null for nothing.</param>
/// <param name="isTerminal">Whether a line can be written over.</param>
/// <param name="plan">What runs.</param>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class LiveLine(TextWriter? output, bool isTerminal, LoadPlan plan)
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int MostBars = 30;
    private const string ClearLine = "\r\x1b[K";

    private readonly List<long> _completed = [];
    private long _failed;

    /// <summary>Shows another second.</summary>
    public void Show(LoadSecond second)
    {
        if (output is null)
        {
            return;
        }

        _completed.Add(second.Completed);
        _failed += second.Failed;
        var latency = second.Latency.Restore();
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isTerminal ? ClearLine : "")}{second.Second + 1}/{plan.Seconds:0.#} s  {second.Completed}/s  ")
                + $"p50 {LoadText.Time(latency.Percentile(0.5))}  p99 {LoadText.Time(latency.Percentile(0.99))}  "
                + $"failed {_failed}  {(isTerminal ? Sparkline() : "\n")}");
        output.Flush();
    }

    /// <summary>Leaves the line to what comes next.</summary>
    public void Clear()
    {
        if (isTerminal)
        {
            output?.Write(ClearLine);
            output?.Flush();
        }
    }

    private string Sparkline()
    {
        var last = _completed.TakeLast(MostBars).ToList();
        var most = Math.Max(1, last.Max());
        return string.Concat(last.Select(c => Bars[(int)(c * (Bars.Length - 1) / most)]));
    }
}
