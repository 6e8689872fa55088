using System.Globalization;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Models;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Planning;

/// <summary>What queueing theory says of each variant at each load.</summary>
internal static class Forecast
{
    /// <summary>The queue that a model is.</summary>
    /// <param name="model">As in the catalogue.</param>
    /// <param name="waitSeconds">How long a request waits at no cost.</param>
    /// <param name="cpuSeconds">How long it keeps a processor busy, with all that serving it takes.</param>
    /// <param name="processors">How many the server has.</param>
    /// <remarks>
    /// One at a time holds itself for the wait and the work; every other model holds a processor for the work alone, and
    /// a pool admits no more requests than it has threads.
    /// </remarks>
    public static ClosedQueue QueueOf(string model, double waitSeconds, double cpuSeconds, int processors)
    {
        var whole = waitSeconds + cpuSeconds;
        var parts = ModelCatalog.CurrencyServers.GetValueOrDefault(model, model).Split(':');
        int? size = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : null;
        return parts[0] switch
        {
            "sync" or "broken" => new ClosedQueue(0, whole, 1),
            "loop" => Processors(1),
            "pool" or "exec" or "proc" => Processors(processors) with { Admitted = size },
            _ => Processors(processors),
        };

        ClosedQueue Processors(int count) => cpuSeconds > 0
            ? new ClosedQueue(waitSeconds, cpuSeconds, count)
            : new ClosedQueue(0, whole, null);
    }

    /// <summary>What is left of a queue behind which a downstream serves only so many at a time.</summary>
    public static ClosedQueue Behind(ClosedQueue queue, int slots)
    {
        var behind = new ClosedQueue(0, queue.WholeSeconds, slots);
        return behind.Capacity < queue.Capacity ? behind : queue;
    }

    /// <summary>A closed load, or an open one.</summary>
    public static LabPrediction Of(string label, ClosedQueue queue, int connections, double? rate) =>
        rate is { } arrivals ? Open(label, queue, connections, arrivals) : Closed(label, queue, connections);

    private static LabPrediction Closed(string label, ClosedQueue queue, int connections)
    {
        var throughput = queue.Throughput(connections);
        return new LabPrediction(
            label,
            connections,
            queue.Bottleneck?.Count,
            Finite(queue.Capacity),
            Finite(queue.Knee),
            queue.ThroughputBound(connections),
            queue.CycleBound(connections),
            throughput,
            connections / throughput);
    }

    private static LabPrediction Open(string label, ClosedQueue queue, int connections, double arrivals)
    {
        var least = queue.WholeSeconds;
        var open = queue.Bottleneck is var (count, seconds) ? new OpenQueue(arrivals, seconds, count) : null;
        var wait = open?.Wait ?? 0;
        return new LabPrediction(
            label,
            connections,
            queue.Bottleneck?.Count,
            Finite(queue.Capacity),
            Finite(queue.Knee),
            Math.Min(arrivals, queue.Capacity),
            least,
            Math.Min(arrivals, queue.Capacity),
            Finite(least + wait),
            open?.WaitProbability ?? 0,
            Finite(wait));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
