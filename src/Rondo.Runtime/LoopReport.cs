namespace Rondo.Runtime;

/// <summary>Something that the debug mode has found; the derived types say what.</summary>
/// <param name="Loop">The loop it concerns; null when there is none, or none any more.</param>
/// <threadsafety>Immutable.</threadsafety>
public abstract record LoopReport(EventLoop? Loop)
{
    /// <summary>What kind of finding: the name of the type, as in the metric's tag.</summary>
    public string Kind => GetType().Name;

    /// <summary>For people: one line, or several when it shows a stack.</summary>
    public abstract string Message { get; }

    /// <summary>Counts it, notes it in the present activity, and hands it over. Any thread; never throws.</summary>
    internal static void Send(LoopReport report, Action<LoopReport> handler)
    {
        try
        {
            LoopMetrics.Reported(report);
            TaskActivity.Note(report);
            handler(report);
        }
        catch (Exception error)
        {
            // Handler and listeners are user code; the thread of a watcher or the collector must not die of it.
            WriteToStandardError($"The handler of {report.Kind} reports has failed: {error}");
        }
    }

    internal static void WriteToStandardError(LoopReport report) => WriteToStandardError(report.Message);

    private static void WriteToStandardError(string text)
    {
#pragma warning disable RS0030 // The last resort of a loop that was given no handler.
        Console.Error.WriteLine(text);
#pragma warning restore RS0030
    }
}
