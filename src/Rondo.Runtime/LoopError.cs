using System.Diagnostics;
using System.Globalization;

namespace Rondo.Runtime;

/// <summary>An exception that a callback has let escape. The loop goes on.</summary>
/// <param name="Loop">The loop that ran the callback.</param>
/// <param name="Callback">The callback's name, as its author would recognise it.</param>
/// <param name="Exception">What escaped.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record LoopError(EventLoop Loop, string Callback, Exception Exception)
{
    /// <summary>One line: <c>Exception in callback NAME at FILE:LINE</c>.</summary>
    public string Message
    {
        get
        {
            var frame = new StackTrace(Exception, fNeedFileInfo: true).GetFrames()
                .FirstOrDefault(f => f.GetFileName() is not null);
            return frame is null
                ? $"Exception in callback {Callback}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Exception in callback {Callback} at {frame.GetFileName()}:{frame.GetFileLineNumber()}");
        }
    }

    internal static void WriteToStandardError(LoopError error)
    {
#pragma warning disable RS0030 // The last resort of a loop that was given no handler.
        Console.Error.WriteLine($"{error.Message}{Environment.NewLine}{error.Exception}");
#pragma warning restore RS0030
    }

    internal static string NameOf(object callback, object? state = null) =>
        new CallbackName(callback, state).ToString();
}
