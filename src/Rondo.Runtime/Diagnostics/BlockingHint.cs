using System.Reflection;

namespace Rondo.Runtime.Diagnostics;

/// <summary>What to write instead of a call that blocks, in one sentence.</summary>
internal static class BlockingHint
{
    private const string Otherwise = "Use the asynchronous form, or hand the call to an executor.";
    private const string Locked = "Keep what the lock guards on the loop, or await SemaphoreSlim.WaitAsync.";
    private const string Signalled = "Await a TaskCompletionSource that the other side completes.";
    private const string Waited = "Await the task.";
    private const string Read = "Await ReadAsync.";

    private const string StaticConstructor = "a static constructor";

    // By type, or by type and method where methods of one type differ.
    private static readonly Dictionary<string, string> s_hints = new()
    {
        [StaticConstructor] = "Make the class ready before the loop runs: RuntimeHelpers.RunClassConstructor.",
        ["Thread.Sleep"] = "Await loop.Delay.",
        ["Thread.Join"] = "Await a TaskCompletionSource that the thread completes at its end.",
        ["Task"] = Waited,
        ["Task.WaitAll"] = "Await Task.WhenAll.",
        ["Task.WaitAny"] = "Await Task.WhenAny.",
        ["TaskAwaiter"] = Waited,
        ["ConfiguredTaskAwaiter"] = Waited,
        ["ValueTask"] = Waited,
        ["ValueTaskAwaiter"] = Waited,
        ["Monitor"] = Locked,
        ["Lock"] = Locked,
        ["ReaderWriterLock"] = Locked,
        ["ReaderWriterLockSlim"] = Locked,
        ["Mutex"] = Locked,
        ["Lazy"] = "Make the value before the loop needs it, or keep a Task in the Lazy and await it.",
        ["Semaphore"] = "Await SemaphoreSlim.WaitAsync.",
        ["SemaphoreSlim"] = "Await WaitAsync.",
        ["ManualResetEventSlim"] = Signalled,
        ["CountdownEvent"] = Signalled,
        ["Barrier"] = Signalled,
        ["WaitHandle"] = Signalled,
        ["BlockingCollection"] = "Use a Channel.",
        ["Process"] = "Await WaitForExitAsync.",
        ["HttpClient"] = "Await SendAsync.",
        ["HttpMessageInvoker"] = "Await SendAsync.",
        ["Dns"] = "Await GetHostAddressesAsync.",
        ["Socket"] = "Await the method of the same name that ends in Async.",
        ["NetworkStream"] = Read,
        ["FileStream"] = Read,
        ["StreamReader"] = Read,
        ["Stream"] = Read,
        ["PipeStream"] = Read,
        ["AnonymousPipeClientStream"] = Read,
        ["File"] = "Await the method of the same name that ends in Async.",
        ["RandomAccess"] = "Await the method of the same name that ends in Async.",
        ["Regex"] = "Set RegexOptions.NonBacktracking or a time limit, or hand the match to an executor.",
    };

    // What is left on the stack when the method that the user has called is compiled into its caller.
    private static readonly Dictionary<string, string> s_publicNames = new()
    {
        ["WaitHandle.WaitOneNoCheck"] = "WaitHandle.WaitOne",
        ["Task.GetResultCore"] = "Task.Result",
        ["Lazy.CreateValue"] = "Lazy.Value",
    };

    // Types of the platform that stand in for what the user knows.
    private static readonly Dictionary<string, string> s_publicTypes = new()
    {
        ["OSFileStreamStrategy"] = "FileStream",
        ["BufferedFileStreamStrategy"] = "FileStream",
    };

    private static readonly string[] s_classConstruction = ["StaticsHelpers", "InitHelpers"];

    /// <summary>The name of a called method, as its caller knows it.</summary>
    public static string NameOf(MethodBase call)
    {
        var name = MethodName.Of(call);
        var type = name.Split('.')[0];
        return s_classConstruction.Contains(type) ? StaticConstructor
            : s_publicTypes.TryGetValue(type, out var known) ? known + name[type.Length..]
            : s_publicNames.TryGetValue(name, out var property) ? property
            : !call.IsPublic && name.EndsWith("Core", StringComparison.Ordinal) ? name[..^4]
            : name;
    }

    /// <param name="call">What the user's code has called; null if it runs itself.</param>
    public static string For(MethodBase? call)
    {
        if (call is null)
        {
            return "Hand long computations to an executor, or give the others a turn now and then.";
        }

        var name = NameOf(call);
        if (name.EndsWith("Async", StringComparison.Ordinal))
        {
            return "If it completes at once each time, give the others a turn: await Task.Yield().";
        }

        return s_hints.GetValueOrDefault(name) ?? s_hints.GetValueOrDefault(name.Split('.')[0]) ?? Otherwise;
    }
}
