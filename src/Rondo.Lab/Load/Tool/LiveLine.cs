using System.Globalization;

namespace Rondo.Lab.Load.Tool;

/// <summary>One line on a terminal that says how the run goes; nothing without a terminal.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class LiveLine(TextWriter? terminal, LoadPlan plan)
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int MostBars = 30;
    private const string ClearLine = "\r\x1b[K";

    private readonly List<long> _completed = [];
    private long _failed;

    /// <summary>Shows another second.</summary>
    public void Show(LoadSecond second)
    {
        if (terminal is null)
        {
            return;
        }

        _completed.Add(second.Completed);
        _failed += second.Failed;
        var latency = second.Latency.Restore();
        terminal.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{ClearLine}{second.Second + 1}/{plan.Seconds:0.#} s  {second.Completed}/s  ")
                + $"p50 {LoadText.Time(latency.Percentile(0.5))}  p99 {LoadText.Time(latency.Percentile(0.99))}  "
                + $"failed {_failed}  {Sparkline()}");
        terminal.Flush();
    }

    /// <summary>Leaves the line to what comes next.</summary>
    public void Clear()
    {
        terminal?.Write(ClearLine);
        terminal?.Flush();
    }

    private string Sparkline()
    {
        var last = _completed.TakeLast(MostBars).ToList();
        var most = Math.Max(1, last.Max());
        return string.Concat(last.Select(c => Bars[(int)(c * (Bars.Length - 1) / most)]));
    }
}
