using System.Globalization;
using System.Text;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Something holds the loop, reported while it does: everything else waits for it. One report for each callback, and
/// for each place at most one in ten seconds.
/// </summary>
/// <param name="Loop">The loop that is held.</param>
/// <param name="Callback">The name of the callback that it runs, as its author would recognise it.</param>
/// <param name="Held">For how long the callback has run so far, by the system's clock.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record BlockingCall(EventLoop Loop, string Callback, TimeSpan Held) : LoopReport(Loop)
{
    /// <summary>
    /// The method of the platform or a library that has been called, as <c>Thread.Sleep</c>; null if the user's own
    /// code runs, or nothing is known.
    /// </summary>
    public string? Call { get; init; }

    /// <summary>The user's method that has called it; null if it could not be seen.</summary>
    public string? Method { get; init; }

    /// <summary>The source file of the statement; null if it could not be seen or has no portable PDB.</summary>
    public string? File { get; init; }

    /// <summary>The line of the statement, from 1; 0 without a <see cref="File"/>.</summary>
    public int Line { get; init; }

    /// <summary>
    /// The system call that the thread is in, with the file, pipe or socket, or <c>running</c>; null where the system
    /// does not tell (only Linux does).
    /// </summary>
    public string? SystemCall { get; init; }

    /// <summary>What to write instead; null if it is not known what blocks.</summary>
    public string? Hint { get; init; }

    /// <summary>The stack from the call to the callback, innermost first; null if it could not be seen.</summary>
    public string? Stack { get; init; }

    /// <summary>Whether it took a sample to see the stack; otherwise the wait hook took it before the wait.</summary>
    internal bool IsSampled { get; init; }

    /// <summary>What a stack says, if there is one.</summary>
    internal static BlockingCall Of(
        EventLoop loop, string callback, TimeSpan held, LoopStack? stack, string? systemCall) =>
        new(loop, callback, held)
        {
            Call = stack?.Call is { } call ? BlockingHint.NameOf(call) : null,
            Method = stack?.Method is { } method ? MethodName.Of(method) : null,
            File = stack?.Line?.File,
            Line = stack?.Line?.Line ?? 0,
            SystemCall = systemCall,
            Hint = stack?.Method is null ? null : BlockingHint.For(stack.Call),
            Stack = stack?.ToString(),
        };

    /// <inheritdoc />
    public override string Message
    {
        get
        {
            var text = new StringBuilder("Blocked");
            if ((Call ?? Method) is { } place)
            {
                text.Append(" in ").Append(place);
            }

            if (File is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" at {File}:{Line}");
            }

            // One that is handed over is not held for long.
            var held = Loop?.Options.HandOver is null ? "the loop" : "its thread";
            text.Append(": ").Append(Callback);
            text.Append(CultureInfo.InvariantCulture, $" has held {held} for {Held.TotalSeconds:0.000} seconds");
            if (SystemCall is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" ({SystemCall})");
            }

            text.Append('.');
            if (Hint is not null)
            {
                text.Append(' ').Append(Hint);
            }

            if (Stack is not null)
            {
                text.AppendLine().Append(Stack);
            }

            return text.ToString();
        }
    }
}
