using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Executors;

/// <summary>The instruments of process pools, beside the wait in the queue, which all executors share.</summary>
internal static class WorkerMetrics
{
    private const string ExecutorTag = "rondo.executor.name";

    private static readonly Meter s_meter = new(LoopMetrics.Name);
    private static readonly ConditionalWeakTable<WorkerPool, object?> s_pools = new();

    private static readonly Counter<long> s_restarts = s_meter.CreateCounter<long>(
        "rondo.executor.restarts", "{process}", "Worker processes that were started in place of others.");

    static WorkerMetrics() => s_meter.CreateObservableGauge(
        "rondo.executor.workers",
        () => s_pools.Select(p => new Measurement<int>(p.Key.WorkerCount, TagOf(p.Key))),
        "{process}",
        "Worker processes that serve.");

    public static void Add(WorkerPool pool) => s_pools.TryAdd(pool, null);

    public static void Remove(WorkerPool pool) => s_pools.Remove(pool);

    public static void Restarted(WorkerPool pool) => s_restarts.Add(1, TagOf(pool));

    private static KeyValuePair<string, object?> TagOf(WorkerPool pool) => new(ExecutorTag, pool.Options.Name);
}
