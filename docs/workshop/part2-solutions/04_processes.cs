#:project ../../../src/Rondo.Runtime
// Part 2, exercise 4: a pool of processes
// What computes for long, crashes or never ends goes to another process. A worker that dies fails only its own call.
//
// > fib(20) = 6765, in another process: True
// ? loop.RunInExecutor(processes, Jobs.Fib, 20): a static method, since only its name and argument go over.
// > crash: exit code 3
// ? The await throws WorkerCrashedException; its ExitCode is what the process said at its end.
// > endless: too slow
// ? CallTimeout of the options ends such a call with a TimeoutException, and its worker is replaced.
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
    var fib = await loop.RunInExecutor(processes, Jobs.Fib, 20);
    var id = await loop.RunInExecutor(processes, () => Jobs.ProcessId());
    Console.WriteLine($"fib(20) = {fib}, in another process: {id != Environment.ProcessId}");
    try
    {
        await loop.RunInExecutor(processes, Jobs.Crash, 3);
    }
    catch (WorkerCrashedException crash)
    {
        Console.WriteLine($"crash: exit code {crash.ExitCode}");
    }
    try
    {
        await loop.RunInExecutor(processes, () => Jobs.Forever());
    }
    catch (TimeoutException)
    {
        Console.WriteLine("endless: too slow");
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
