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

    /// <summary>Has the collector find what was dropped, and waits until that is reported.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
