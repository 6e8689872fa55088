using System.Diagnostics.Tracing;
using System.Globalization;

namespace SoakProgram;

/// <summary>What the server holds.</summary>
/// <param name="LiveBytes">On the heap after a full, compacting collection.</param>
/// <param name="ResidentBytes">Of the process.</param>
/// <param name="Descriptors">Open ones.</param>
/// <param name="Threads">Of the process.</param>
/// <param name="Handles">Of the collector, as it counted them in that collection.</param>
/// <param name="Errors">Logged so far.</param>
internal sealed record ServerSample(
    long LiveBytes, long ResidentBytes, int Descriptors, int Threads, long Handles, int Errors)
{
    public static int DescriptorsNow => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    /// <summary>By the server, of itself.</summary>
    public static async Task<ServerSample> TakeAsync(HandleCount handles, int errors)
    {
        // What is finalized first is freed by the next one.
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        var live = GC.GetTotalMemory(forceFullCollection: false);
        var count = await handles.CountAsync();
        return new ServerSample(
            live, StatusOf("VmRSS:") * 1024, DescriptorsNow, (int)StatusOf("Threads:"), count, errors);
    }

    private static long StatusOf(string name) => long.Parse(
        File.ReadLines("/proc/self/status").Single(l => l.StartsWith(name, StringComparison.Ordinal))
            .Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>The collector's handles, which it counts in each collection and tells only listeners.</summary>
    internal sealed class HandleCount : EventListener
    {
        private const EventKeywords Collections = (EventKeywords)1;

        private long _collections;
        private long _count;

        /// <summary>As the next collection counts them.</summary>
        public async Task<long> CountAsync()
        {
            // Events come late; those of the collections before may still be on their way.
            await Task.Delay(200);
            var before = Volatile.Read(ref _collections);
            GC.Collect();
            while (Volatile.Read(ref _collections) == before)
            {
                await Task.Delay(10);
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
}
