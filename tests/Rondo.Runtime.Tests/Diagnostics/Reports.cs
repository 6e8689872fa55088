using System.Collections.Concurrent;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>Collects what the debug mode reports, on whichever thread it does.</summary>
internal sealed class Reports
{
    private readonly ConcurrentQueue<LoopReport> _all = new();

    /// <summary>Options for a loop in debug mode. A busy machine makes callbacks slow; these tests do not
    /// care.</summary>
    public LoopOptions Options => new()
    {
        Debug = true,
        SlowCallbackDuration = TimeSpan.FromHours(1),
        ReportHandler = _all.Enqueue,
        ErrorHandler = _ => { },
    };

    public IReadOnlyList<LoopReport> All => [.. _all];

    public IReadOnlyList<T> Of<T>() => [.. _all.OfType<T>()];

    /// <summary>Has the collector find what was dropped.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>
    /// Collects until something is reported: a stack or another thread may still hold what was dropped. Who expects a
    /// report looks at it afterwards.
    /// </summary>
    public void CollectUntilReported()
    {
        for (var round = 0; round < 100 && _all.IsEmpty; round++)
        {
            Collect();
        }
    }
}
