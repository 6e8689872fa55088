using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Looks at a thread of this very process from outside, whatever it is doing: the runtime's sample profiler, asked
/// through its diagnostics port. Nobody else may use the two packages, and nobody may call this before there is
/// something to report: the first call loads them.
/// </summary>
/// <remarks>
/// The runtime stops its threads for each sample, a millisecond apart, and lists all its methods at the end. Measured
/// on two cores: 390 to 490 ms for the first call, then 150 to 220 ms.
/// </remarks>
internal static class EventPipeSampler
{
    private const string Profiler = "Microsoft-DotNETCore-SampleProfiler";

    // Loader, Jit, NGen, EndEnumeration, JittedMethodILToNativeMap of the runtime's rundown provider: enough to turn an
    // address into a method and an offset.
    private const long MethodsAndOffsets = 0x20138;

    // A limit, not an allocation. The list of methods has to fit if the reader is slow: what does not is lost, and with
    // it the names on the stack. (8 MB lost 4,000 of the events of a test run of 5.6 MB on a busy machine.)
    private const int BufferMegabytes = 256;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(20);
    private static readonly Lock s_gate = new();
    private static bool s_isRefused;

    /// <summary>
    /// The stack on which the thread is most of the time; null if the runtime refuses, or the thread has gone on before
    /// it could be seen. Takes its time: only for a thread on which nobody waits.
    /// </summary>
    /// <param name="threadId">The kernel's number; if null, the one thread that runs a loop is meant.</param>
    /// <param name="isStuck">Whether what is to be seen still goes on.</param>
    public static LoopStack? Take(int? threadId, Func<bool> isStuck)
    {
        // One at a time: samplers would see each other's work.
        using (s_gate.EnterScope())
        {
            var folder = Directory.CreateTempSubdirectory("rondo-");
            try
            {
                var trace = Path.Combine(folder.FullName, "trace.nettrace");
                return !s_isRefused && isStuck() && Record(trace, isStuck) ? Read(trace, threadId) : null;
            }
            catch (ServerNotAvailableException)
            {
                // DOTNET_EnableDiagnostics=0: no use in asking again.
                s_isRefused = true;
                return null;
            }
            catch (Exception)
            {
                // The reports have other sources; a watcher must not end what it watches.
                return null;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static bool Record(string trace, Func<bool> isStuck)
    {
        var configuration = new EventPipeSessionConfiguration(
            [new EventPipeProvider(Profiler, EventLevel.Informational)], BufferMegabytes, MethodsAndOffsets);
        using var session = new DiagnosticsClient(Environment.ProcessId).StartEventPipeSession(configuration);
        using var file = File.Create(trace);

        // Stopping makes the runtime write, so somebody has to read meanwhile; the thread pool may be what is stuck.
        var reader = new Thread(() => Copy(session.EventStream, file)) { IsBackground = true, Name = "Rondo sampler" };
        reader.Start();
#pragma warning disable RS0030 // The watchdog's thread; there is nothing else for it to do.
        Thread.Sleep(s_window);
#pragma warning restore RS0030
        var isTrue = isStuck();
        session.Stop();
        reader.Join();
        return isTrue;
    }

    private static void Copy(Stream events, FileStream file)
    {
        try
        {
            events.CopyTo(file);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // What has arrived has to do.
        }
    }

    private static LoopStack? Read(string trace, int? threadId)
    {
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(trace));
        var frames = new SampledFrames(IlOffsets.Read(trace));
        var samples = (
            from sample in log.Events
            where sample.ProviderName == Profiler && (threadId is null || sample.ThreadID == threadId)
            let stack = sample.CallStack()
            where stack is not null
            select (sample.ThreadID, Frames: frames.Of(stack).ToList())).ToList();
        if (threadId is null)
        {
            samples.RemoveAll(s => !s.Frames.Any(f => f.Method.DeclaringType == typeof(EventLoop)));
            if (samples.Select(s => s.ThreadID).Distinct().Skip(1).Any())
            {
                return null;
            }
        }

        // A thread that was caught between two safe places may show less than it has.
        return samples
            .Select(s => new LoopStack(s.Frames))
            .Where(s => !s.IsEmpty)
            .GroupBy(s => (s.Method, s.Line))
            .MaxBy(g => (g.Key.Method is not null, g.Count()))?.First();
    }
}
