using BenchmarkDotNet.Attributes;
using Rondo.Runtime.Testing;

namespace Rondo.Benchmarks;

/// <summary>
/// 10,000 s of virtual time with a timer in each: as callbacks, as delays, and as tasks that sleep, beside a queue by
/// deadline that does nothing else. The whole must take less than 100 ms.
/// </summary>
[MemoryDiagnoser]
public class VirtualTimeBenchmark
{
    private const int Timers = 10_000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Benchmark(Baseline = true)]
    public int Queue()
    {
        var fired = 0;
        var queue = new PriorityQueue<Action, TimeSpan>();
        for (var i = 1; i <= Timers; i++)
        {
            queue.Enqueue(() => fired++, i * Second);
        }

        while (queue.TryDequeue(out var callback, out _))
        {
            callback();
        }

        return fired;
    }

    [Benchmark]
    public int CallLater() => Run((test, fired) =>
    {
        for (var i = 1; i <= Timers; i++)
        {
            test.Loop.CallLater(i * Second, fired);
        }
    });

    [Benchmark]
    public int TaskDelay() => Run((test, fired) =>
    {
        for (var i = 1; i <= Timers; i++)
        {
            _ = SleepAsync(Task.Delay(i * Second, test.Loop.TimeProvider), fired);
        }
    });

    [Benchmark]
    public int TasksThatSleep() => Run((test, fired) =>
    {
        for (var i = 1; i <= Timers; i++)
        {
            var time = i * Second;
            _ = test.Loop.CreateTask(() => SleepAsync(test.Loop.Delay(time), fired));
        }
    });

    private static async Task SleepAsync(Task sleep, Action fired)
    {
        await sleep;
        fired();
    }

    private static int Run(Action<VirtualLoop, Action> start)
    {
        var count = 0;
        VirtualLoop.Run(async test =>
        {
            start(test, () => count++);
            await test.AdvanceAsync((Timers + 1) * Second);
        });
        return count == Timers ? count : throw new InvalidOperationException($"{count} of {Timers} timers have fired.");
    }
}
