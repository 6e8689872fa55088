using System.Diagnostics;
using System.Globalization;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

namespace Rondo.Benchmarks;

/// <summary>The measured side of <see cref="ExecutorBench"/>: prints one figure a line.</summary>
internal static class ExecutorOperations
{
    private const int Ahead = 64;
    private const int Large = 1 << 20;

    // What runs often is compiled anew, in the background and in both processes; CPython and C have nothing like it.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int count, bool isPinned)
    {
        var clock = Stopwatch.StartNew();
        await using (var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 }))
        {
            processes.SubmitBlocking(Double, 1);
            Print("first", clock.Elapsed.TotalMilliseconds);
            WarmUp(() => processes.SubmitBlocking(Double, 1));
            clock.Restart();
            for (var i = 0; i < count; i++)
            {
                processes.SubmitBlocking(Double, i);
            }

            Print("trip", clock.Elapsed.TotalMicroseconds / count);
            if (isPinned)
            {
                return;
            }

            for (clock.Restart(); clock.Elapsed < s_warmUp;)
            {
                await RunAheadAsync(processes, count);
            }

            clock.Restart();
            await RunAheadAsync(processes, 4 * count);
            Print("ahead", 4 * count / clock.Elapsed.TotalSeconds);
            WarmUp(() => Bytes(processes, 1));
            clock.Restart();
            Bytes(processes, 200);
            Print("bytes", clock.Elapsed.TotalMicroseconds / 200);
        }

        foreach (var spares in new[] { 0, 1 })
        {
            Print($"replace{spares}", await ReplaceAsync(spares));
        }

        EventLoop.Run(() => RunInExecutorAsync(count));
    }

    private static void WarmUp(Action action)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < s_warmUp;)
        {
            action();
        }
    }

    private static async Task RunAheadAsync(ProcessExecutor processes, int count)
    {
        var ahead = new Queue<Task<int>>(Ahead);
        for (var i = 0; i < count; i++)
        {
            ahead.Enqueue(processes.SubmitAsync(Double, i));
            if (ahead.Count == Ahead)
            {
                await ahead.Dequeue();
            }
        }

        await Task.WhenAll(ahead);
    }

    private static void Bytes(ProcessExecutor processes, int count)
    {
        var bytes = new byte[Large];
        for (var i = 0; i < count; i++)
        {
            processes.SubmitBlocking(Length, bytes);
        }
    }

    /// <summary>From the cancellation of an endless call to the next one's answer, ms; the median of five.</summary>
    private static async Task<double> ReplaceAsync(int spares)
    {
        var times = new List<double>();
        await using var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Spares = spares });
        for (var i = 0; i < 5; i++)
        {
            await processes.SubmitAsync(Double, i);
            SpinWait.SpinUntil(() => processes.WorkerCount == 1 + spares);
            using var stop = new CancellationTokenSource();
            var endless = processes.SubmitAsync(Forever, 1, stop.Token);
            await Task.Delay(200);
            var clock = Stopwatch.StartNew();
            await stop.CancelAsync();
            await processes.SubmitAsync(Double, i);
            times.Add(clock.Elapsed.TotalMilliseconds);
            await endless.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>
    /// Calls on a thread and back on the loop, beside the same by the thread pool, whose outcome comes back on the loop
    /// as well: such that are over at once, and such that block for a millisecond.
    /// </summary>
    private static async Task RunInExecutorAsync(int count)
    {
        await CompareAsync(count / 4, static () => 7);
        var (ours, pool, processor) = await CompareAsync(count / 4, static () => 7);
        Print("threads", ours / pool);
        Print("threads-us", ours.TotalMicroseconds);
        Print("pool-us", pool.TotalMicroseconds);
        Print("threads-cpu", processor);
        Print("blocking-cpu", (await CompareAsync(count / 100, Block)).Processor);
    }

    /// <summary>Medians of seven rounds in turn, for one call; the third compares processor time.</summary>
    private static async Task<(TimeSpan Ours, TimeSpan Pool, double Processor)> CompareAsync(int count, Func<int> work)
    {
        var loop = EventLoop.Running!;
        var rounds = new List<(TimeSpan Ours, TimeSpan Pool, double Processor)>();
        for (var round = 0; round < 7; round++)
        {
            var clock = Stopwatch.StartNew();
            var start = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < count; i++)
            {
                await loop.RunInExecutor(work);
            }

            var (ours, between) = (clock.Elapsed, Environment.CpuUsage.TotalTime);
            clock.Restart();
            for (var i = 0; i < count; i++)
            {
                await Task.Run(work);
            }

            var pool = clock.Elapsed;
            rounds.Add((ours / count, pool / count, (between - start) / (Environment.CpuUsage.TotalTime - between)));
        }

        return (Median(r => r.Ours), Median(r => r.Pool), Median(r => r.Processor));

        TValue Median<TValue>(Func<(TimeSpan Ours, TimeSpan Pool, double Processor), TValue> value) =>
            rounds.Select(value).Order().ElementAt(rounds.Count / 2);
    }

    private static int Block()
    {
        Thread.Sleep(1);
        return 7;
    }

    private static void Print(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));

    private static int Double(int number) => number * 2;

    private static int Length(byte[] bytes) => bytes.Length;

    private static int Forever(int number)
    {
        while (true)
        {
            number = unchecked(number + 1);
        }
    }
}
