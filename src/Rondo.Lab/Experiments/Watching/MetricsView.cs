using System.Globalization;

namespace Rondo.Lab.Experiments.Watching;

/// <summary>A program by its metrics, as Prometheus reads them: its event loops, its thread pool and its process.</summary>
internal static class MetricsView
{
    private const string Turn = "rondo_loop_turn_duration_seconds";

    /// <summary>Reads what <c>/metrics</c> answers.</summary>
    /// <returns>Null if nothing of it is known here.</returns>
    public static WatchedSecond? Parse(string text)
    {
        var values = text.Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#' && l.LastIndexOf(' ') > 0)
            .Select(l => (Name: l[..l.LastIndexOf(' ')], Text: l[(l.LastIndexOf(' ') + 1)..]))
            .Select(l => (l.Name, Value: double.TryParse(l.Text, CultureInfo.InvariantCulture, out var v) ? v : 0))
            .ToList();
        var (turns, quick, seconds) = (Sum(Turn + "_count"), Sum(Turn + "_bucket", "le=\"0.1\""), Sum(Turn + "_sum"));
        var (threads, queued) = (Sum("dotnet_thread_pool_thread_count"), Sum("dotnet_thread_pool_queue_length"));
        return turns is null && threads is null
            ? null
            : new WatchedSecond(
                (int?)threads,
                Sum("dotnet_process_cpu_time_seconds"),
                (long?)Sum("dotnet_process_memory_working_set_bytes"),
                null,
                (long?)queued,
                (long?)turns,
                (long?)(turns - quick),
                seconds);

        double? Sum(string name, string label = "")
        {
            var found = values.Where(v => v.Name.StartsWith(name, StringComparison.Ordinal)
                && v.Name.Contains(label, StringComparison.Ordinal)).ToList();
            return found.Count > 0 ? found.Sum(v => v.Value) : null;
        }
    }
}
