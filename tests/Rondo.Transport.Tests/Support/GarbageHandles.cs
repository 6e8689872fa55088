using System.Diagnostics.Tracing;
using System.Globalization;

namespace Rondo.Transport.Tests.Support;

/// <summary>The collector's handles, which it counts in each collection and tells only listeners.</summary>
internal sealed class GarbageHandles : EventListener
{
    private const EventKeywords Collections = (EventKeywords)1;

    private long _collections;
    private long _count;

    /// <summary>How many there are when what is finalized has been.</summary>
    public async Task<long> CountAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // Events come late: the last of three collections is not one of those above.
        for (var i = 0; i < 3; i++)
        {
            var seen = Volatile.Read(ref _collections);
            GC.Collect();
            await Wait.UntilAsync(() => Volatile.Read(ref _collections) > seen);
        }

        return Volatile.Read(ref _count);
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Informational, Collections);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName is { } name && name.StartsWith("GCHeapStats", StringComparison.Ordinal)
            && eventData.PayloadNames!.IndexOf("GCHandleCount") is var place and >= 0)
        {
            Volatile.Write(ref _count, Convert.ToInt64(eventData.Payload![place], CultureInfo.InvariantCulture));
            Interlocked.Increment(ref _collections);
        }
    }
}
