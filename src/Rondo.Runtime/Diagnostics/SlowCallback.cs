using System.Globalization;
using System.Reflection;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A callback has taken longer than <see cref="LoopOptions.SlowCallbackDuration"/>, and everything waited for it.
/// </summary>
/// <param name="Loop">The loop that ran it.</param>
/// <param name="Callback">Its name, as its author would recognise it.</param>
/// <param name="Took">By the system's clock, whatever the loop's is.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record SlowCallback(EventLoop Loop, string Callback, TimeSpan Took) : LoopReport(Loop)
{
    private readonly Lazy<SourceLine?>? _place;

    /// <summary>
    /// Where an async method stands now: what took so long lies before this await. For another callback, and an async
    /// method that has ended, the method's first line. Null without a portable PDB.
    /// </summary>
    public string? File => _place?.Value?.File;

    /// <summary>The line in <see cref="File"/>, from 1; 0 without one.</summary>
    public int Line => _place?.Value?.Line ?? 0;

    /// <inheritdoc />
    public override string Message
    {
        get
        {
            var place = File is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({File}:{Line})");
            return string.Create(
                CultureInfo.InvariantCulture, $"Executing {Callback} took {Took.TotalSeconds:0.000} seconds{place}");
        }
    }

    /// <summary>The file is looked up when somebody asks.</summary>
    internal (MethodBase? Method, int? Await) Code
    {
        init => _place = new(() => value switch
        {
            (null, _) => null,
            (var moveNext, { } number) => SymbolFile.LineOfAwait(moveNext.DeclaringType!, number),
            (var method, null) => SymbolFile.LineOf(method, -1),
        });
    }
}
