using System.Globalization;
using Rondo.Runtime;

namespace Rondo.Benchmarks;

/// <summary>
/// The operations of <c>python/loop.py</c> in C#: on the event loop, on the yardstick, on the thread pool. Prints one line
/// "NAME NANOSECONDS" for each: processor time of the whole process, which neighbours disturb less than the clock.
/// </summary>
internal static class LoopOperations
{
    // Enough passes for the second tier of compilation; the last one counts.
    private const int Passes = 8;

    public static readonly string[] Names = ["callback", "yield", "task", "timer", "post"];

    public static void Run(string kind, int operations)
    {
        foreach (var name in Names)
        {
            if (kind == "pool" && name != "yield")
            {
                continue;
            }

            // There a task costs microseconds: it keeps the stack of its creation.
            var count = kind == "debug" && name == "task" ? operations / 20 : operations;
            var took = default(TimeSpan);
            for (var pass = 0; pass < Passes; pass++)
            {
                GC.Collect();
                var start = Environment.CpuUsage.TotalTime;
                Run(kind, name, count);
                took = Environment.CpuUsage.TotalTime - start;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name} {took.TotalNanoseconds / count:0.00}"));
        }
    }

    /// <summary>
    /// 10,000 s of virtual time with as many timers, in a process that has just started and when it has run a while:
    /// prints milliseconds of processor time instead.
    /// </summary>
    public static void RunVirtual()
    {
        var benchmark = new VirtualTimeBenchmark();
        (string Name, Func<int> Run)[] ways =
        [
            ("CallLater", benchmark.CallLater),
            ("Task.Delay", benchmark.TaskDelay),
            ("tasks", benchmark.TasksThatSleep),
        ];
        foreach (var (name, run) in ways)
        {
            for (var pass = 1; pass <= Passes; pass++)
            {
                GC.Collect();
                var start = Environment.CpuUsage.TotalTime;
                run();
                var took = Environment.CpuUsage.TotalTime - start;
                if (pass is 1 or Passes)
                {
                    var when = pass == 1 ? "first" : "later";
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{name}/{when} {took.TotalMilliseconds:0.00}"));
                }
            }
        }
    }

    private static void Run(string kind, string name, int operations)
    {
        switch (kind)
        {
            case "yardstick":
                var yardstick = new YardstickLoop();
                yardstick.CallSoon(() => OnYardstick(yardstick, name, operations));
                yardstick.Run();
                break;
            case "pool":
                YieldAsync(operations).GetAwaiter().GetResult();
                break;
            default:
                // A limit that is never reached: what counts is the timing of every callback.
                EventLoop.Run(
                    () => OnLoopAsync(EventLoop.Running!, name, operations),
                    new LoopOptions { Debug = kind == "debug", SlowCallbackDuration = TimeSpan.FromHours(1) });
                break;
        }
    }

    private static async Task OnLoopAsync(EventLoop loop, string name, int operations)
    {
        switch (name)
        {
            case "callback":
                var chain = new Chain(operations, again => loop.CallSoon(again));
                chain.Start();
                await chain.Done;
                break;
            case "yield":
                await YieldAsync(operations);
                break;
            case "task":
                Func<Task<int>> child = static () => Task.FromResult(1);
                for (var i = 0; i < operations; i++)
                {
                    await loop.CreateTask(child, "child");
                }

                break;
            case "timer":
                Action nothing = static () => { };
                for (var i = 0; i < operations; i++)
                {
                    loop.CallLater(TimeSpan.FromHours(1), nothing).Cancel();
                }

                break;
            case "post":
                var posts = new Countdown(operations);
                posts.PostFrom(callback => loop.CallSoonThreadSafe(callback));
                await posts.Done;
                break;
        }
    }

    private static async void OnYardstick(YardstickLoop loop, string name, int operations)
    {
        switch (name)
        {
            case "callback":
                var chain = new Chain(operations, loop.CallSoon);
                chain.Start();
                await chain.Done;
                break;
            case "yield":
                await YieldAsync(operations);
                break;
            case "task":
                Func<CancellationToken, Task<int>> child = static _ => Task.FromResult(1);
                using (var main = new CancellationTokenSource())
                {
                    for (var i = 0; i < operations; i++)
                    {
                        await loop.RunAsync(child, main.Token);
                    }
                }

                break;
            case "timer":
                Action nothing = static () => { };
                for (var i = 0; i < operations; i++)
                {
                    loop.Cancel(loop.CallLater(TimeSpan.FromHours(1), nothing));
                }

                break;
            case "post":
                var posts = new Countdown(operations);
                posts.PostFrom(loop.CallSoonThreadSafe);
                await posts.Done;
                break;
        }

        loop.Stop();
    }

    private static async Task YieldAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            await Task.Yield();
        }
    }

    /// <summary>Each callback schedules the next, so each is a turn.</summary>
    private sealed class Chain
    {
        private readonly TaskCompletionSource _done = new();
        private readonly Action<Action> _callSoon;
        private readonly Action _again;
        private int _left;

        public Chain(int operations, Action<Action> callSoon)
        {
            _left = operations;
            _callSoon = callSoon;
            _again = Again;
        }

        public Task Done => _done.Task;

        public void Start() => _callSoon(_again);

        private void Again()
        {
            if (--_left > 0)
            {
                _callSoon(_again);
            }
            else
            {
                _done.SetResult();
            }
        }
    }

    /// <summary>Another thread posts as fast as it can.</summary>
    private sealed class Countdown(int operations)
    {
        private readonly TaskCompletionSource _done = new();
        private int _left = operations;

        public Task Done => _done.Task;

        public void PostFrom(Action<Action> post)
        {
            var operations = _left;
            Action count = Count;
            new Thread(() =>
            {
                for (var i = 0; i < operations; i++)
                {
                    post(count);
                }
            }).Start();
        }

        private void Count()
        {
            if (--_left == 0)
            {
                _done.SetResult();
            }
        }
    }
}
