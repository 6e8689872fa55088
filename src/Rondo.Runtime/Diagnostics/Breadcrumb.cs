using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// What the loop is doing at this moment. The loop's thread writes it, a few stores for each callback; the watchdog
/// reads it from outside. Whatever it reads belongs together if the number is the same before and after.
/// </summary>
internal sealed class Breadcrumb
{
    private long _number;
    private StackTrace? _wait;

    /// <summary>Odd while a callback runs; it never comes again.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>When the present callback began, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Started { get; private set; }

    /// <summary>Who waits in the runtime, and from where it came there; null while nobody does.</summary>
    public StackTrace? Wait => Volatile.Read(ref _wait);

    /// <summary>The present callback; loop thread, or any thread that then finds the number unchanged.</summary>
    public CallbackName Name { get; private set; }

    public static bool IsRunning(long number) => (number & 1) == 1;

    public void Start(object callback, object? state)
    {
        _wait = null;
        Name = new CallbackName(callback, state);
        Started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _number, _number + 1);
    }

    public void End()
    {
        Volatile.Write(ref _number, _number + 1);
        Name = default;
    }

    /// <summary>
    /// Takes the stack, without the files, which are looked up when a report needs them. The loop's own wait, in its
    /// poller, is none.
    /// </summary>
    public void StartWait()
    {
        if (IsRunning(_number))
        {
            Volatile.Write(ref _wait, new StackTrace());
        }
    }

    public void EndWait() => Volatile.Write(ref _wait, null);
}
