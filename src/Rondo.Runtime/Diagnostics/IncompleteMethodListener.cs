using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Hears from the platform's tasks which async methods suspend, which end, and which the collector has found
/// unfinished. One for the process, on while a loop in debug mode is open; meanwhile each async method that suspends
/// costs 1 to 3 us more, on every thread.
/// </summary>
internal sealed partial class IncompleteMethodListener : EventListener
{
    // Of System.Threading.Tasks.TplEventSource: AsyncCausalityOperation tells begin and end, AsyncMethod the
    // unfinished.
    private const EventKeywords Keywords = (EventKeywords)0x108;
    private const string Async = "Async: ";

    private static readonly string[] s_platform = ["System.", "Microsoft."];
    private static readonly Lock s_gate = new();
    private static IncompleteMethodListener? s_listener;
    private static int s_users;

    // By the number of the method's task. Weak: what has begun and hangs must not keep the loop.
    private readonly ConcurrentDictionary<int, (WeakReference<EventLoop> Loop, string Type)> _begun = new();

    public static void Use()
    {
        using var scope = s_gate.EnterScope();
        s_users++;
        s_listener ??= new IncompleteMethodListener();
    }

    public static void Release()
    {
        using var scope = s_gate.EnterScope();
        if (--s_users == 0)
        {
            s_listener!.Dispose();
            s_listener = null;
        }
    }

    /// <summary>Whether async methods have begun on the loop and not ended.</summary>
    public static bool HasUnfinished(EventLoop loop) =>
        s_listener?._begun.Values.Any(b => b.Loop.TryGetTarget(out var begun) && ReferenceEquals(begun, loop)) ?? false;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Threading.Tasks.TplEventSource")
        {
            EnableEvents(eventSource, EventLevel.Informational, Keywords);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventName)
        {
            // Told on the thread that suspends the method.
            case "TraceOperationBegin" when EventLoop.Running?.Observer is LoopDebugger debugger
                && eventData.Payload is [int task, string name, ..] && name.StartsWith(Async, StringComparison.Ordinal):
                _begun[task] = (debugger.WeakLoop, name[Async.Length..]);
                break;
            case "TraceOperationEnd" when eventData.Payload is [int task, ..]:
                _begun.TryRemove(task, out _);
                break;
            case "IncompleteAsyncMethod" when eventData.Payload is [string description]:
                Report(description);
                break;
        }
    }

    // The description is the full name of the compiler's type, then its fields, one per line. It does not say which
    // task it was, so any unfinished one of that type will do to say on which loop.
    private void Report(string description)
    {
        var type = description.AsSpan()[..description.AsSpan().IndexOfAny('\r', '\n')];
        var end = type.IndexOf('[');
        var name = (end < 0 ? type : type[..end]).ToString();
        if (typeof(EventLoop).Assembly.GetType(name) is not null || s_platform.Any(name.StartsWith))
        {
            // The loop's own is named as a task; and what the platform drops inside is not its user's to mend.
            return;
        }

        foreach (var (task, begun) in _begun)
        {
            if (name.EndsWith(begun.Type, StringComparison.Ordinal)
                && begun.Loop.TryGetTarget(out var loop) && _begun.TryRemove(task, out _))
            {
                var origin = MethodName.OfStateMachine(name) + Where(name, description);
                loop.Report(new NeverAwaited(loop, origin, CreatedAt: null));
                return;
            }
        }
    }

    // The compiler numbers the awaits of a method in the order of its text, from 0.
    private static string Where(string name, string description) =>
        !int.TryParse(State().Match(description).Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var state) ? ""
        : LineOf(name, state) is { } line ? $" at {line}"
        : string.Create(CultureInfo.InvariantCulture, $", at its await number {state + 1}");

    private static SourceLine? LineOf(string name, int state) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).OfType<Type>().FirstOrDefault() is { } type
            ? SymbolFile.LineOfAwait(type, state)
            : null;

    [GeneratedRegex(@"<>1__state: (\d+)")]
    private static partial Regex State();
}
