using BenchmarkDotNet.Attributes;
using Rondo.Runtime;

namespace Rondo.Benchmarks;

/// <summary>
/// Nanoseconds and bytes of a callback and of a yield, beside a loop that does no more than it must, and the thread pool.
/// </summary>
[MemoryDiagnoser]
public class EventLoopBenchmark
{
    private const int Operations = 100_000;

    private readonly YardstickLoop _yardstick = new();
    private readonly EventLoop _loop = new();
    private readonly Action _again;
    private readonly Action _yardstickAgain;
    private int _left;

    public EventLoopBenchmark()
    {
        _again = () =>
        {
            if (--_left > 0)
            {
                _loop.CallSoon(_again!);
            }
            else
            {
                _loop.Stop();
            }
        };
        _yardstickAgain = () =>
        {
            if (--_left > 0)
            {
                _yardstick.CallSoon(_yardstickAgain!);
            }
            else
            {
                _yardstick.Stop();
            }
        };
    }

    /// <summary>Each callback schedules the next, so each is a turn.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public void CallSoonChain_Yardstick()
    {
        _left = Operations;
        _yardstick.CallSoon(_yardstickAgain);
        _yardstick.Run();
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void CallSoonChain_EventLoop()
    {
        _left = Operations;
        _loop.CallSoon(_again);
        _loop.RunForever();
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Yield_Yardstick()
    {
        var task = default(Task);
        _yardstick.CallSoon(() => task = YieldAsync(_yardstick.Stop));
        _yardstick.Run();
        _ = task;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Yield_EventLoop() => _loop.RunUntilComplete(() => YieldAsync(null));

    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Yield_ThreadPool() => YieldAsync(null);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void TimerRescheduled_EventLoop() => _loop.RunUntilComplete(() =>
    {
        var timer = _loop.CallLater(TimeSpan.FromHours(1), () => { });
        for (var i = 0; i < Operations; i++)
        {
            timer.Reschedule(TimeSpan.FromHours(2));
        }

        timer.Cancel();
        return Task.CompletedTask;
    });

    private static async Task YieldAsync(Action? atEnd)
    {
        for (var i = 0; i < Operations; i++)
        {
            await Task.Yield();
        }

        atEnd?.Invoke();
    }
}
