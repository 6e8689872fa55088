using System.Collections.Concurrent;
using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>Reports calls from threads that do not own the loop.</summary>
internal sealed class WrongThreadDetector(EventLoop loop)
{
    private readonly ConcurrentDictionary<CallStack, bool> _reported = new();
    private Thread _owner = Thread.CurrentThread;

    public void RunStarting() => _owner = Thread.CurrentThread;

    /// <summary>On the calling thread.</summary>
    public void Refused()
    {
        var stack = CallStack.Capture();
        if (_reported.TryAdd(stack, true))
        {
            loop.Report(new WrongThread(loop, NameOf(Thread.CurrentThread), NameOf(_owner), stack.ToString()));
        }
    }

    private static string NameOf(Thread thread) => string.Create(
        CultureInfo.InvariantCulture,
        $"thread {thread.ManagedThreadId}{(string.IsNullOrEmpty(thread.Name) ? "" : $" ({thread.Name})")}");
}
