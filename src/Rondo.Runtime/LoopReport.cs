namespace Rondo.Runtime;

/// <summary>Something that the debug mode has found; the derived types say what.</summary>
/// <param name="Loop">The loop it concerns.</param>
/// <threadsafety>Immutable.</threadsafety>
public abstract record LoopReport(EventLoop Loop)
{
    /// <summary>For people: one line, or several when it shows a stack.</summary>
    public abstract string Message { get; }

    internal static void WriteToStandardError(LoopReport report)
    {
#pragma warning disable RS0030 // The last resort of a loop that was given no handler.
        Console.Error.WriteLine(report.Message);
#pragma warning restore RS0030
    }
}
