#:project ../src/Rondo.Runtime
// What computes, crashes or hangs goes to a process, and the loop goes on meanwhile. A worker that dies fails only the
// call that it ran.
//
// > fib(20) = 6765, in another process: True
// > crash: WorkerCrashedException, exit code 3
// > endless: TimeoutException
// > and still: 55

using Rondo.Runtime;
using Rondo.Runtime.Executors;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await using var processes = new ProcessExecutor(new ProcessExecutorOptions
    {
        Workers = 2,
        CallTimeout = TimeSpan.FromSeconds(5),
    });

    var n = 20;
    var fib = await loop.RunInExecutor(processes, () => Jobs.Fib(n));
    var id = await loop.RunInExecutor(processes, () => Jobs.ProcessId());
    Console.WriteLine($"fib({n}) = {fib}, in another process: {id != Environment.ProcessId}");

    try
    {
        await loop.RunInExecutor(processes, () => Jobs.Crash(3));
    }
    catch (WorkerCrashedException crash)
    {
        Console.WriteLine($"crash: {nameof(WorkerCrashedException)}, exit code {crash.ExitCode}");
    }

    try
    {
        await loop.RunInExecutor(processes, () => Jobs.Forever());
    }
    catch (TimeoutException)
    {
        Console.WriteLine($"endless: {nameof(TimeoutException)}");
    }

    Console.WriteLine($"and still: {await loop.RunInExecutor(processes, Jobs.Fib, 10)}");
});

internal static class Jobs
{
    public static int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);

    public static int ProcessId() => Environment.ProcessId;

    public static int Crash(int code)
    {
        Environment.Exit(code);
        return code;
    }

    public static int Forever()
    {
        while (true)
        {
        }
    }
}
