using System.Diagnostics;
using System.Globalization;
using Rondo.Runtime.Executors;

namespace PoolProgram;

/// <summary>An ordinary program with worker processes, for what only a process of its own can show.</summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        Console.WriteLine("main");
        await using var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        switch (arguments)
        {
            case ["call"]:
                Console.WriteLine(await processes.SubmitAsync(Double, 21));
                Console.WriteLine(await processes.CallAsync(() => Add(arguments.Length, 2)));
                break;
            case ["busy"]:
                // The ids of both workers; then both never end.
                var ids = processes.SubmitAsync(() => Environment.ProcessId);
                Console.WriteLine(await ids);
                var first = processes.SubmitAsync(Spin, 1);
                var second = processes.SubmitAsync(Spin, 2);
                await Task.WhenAll(first, second);
                break;
            case ["write"]:
                await processes.SubmitAsync(Write, "from the worker");
                break;
            case ["bench", var count]:
                Bench(processes, int.Parse(count, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void Bench(ProcessExecutor processes, int count)
    {
        for (var round = 0; round < 5; round++)
        {
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                processes.SubmitBlocking(Double, i);
            }

            Console.WriteLine($"sync {clock.Elapsed.TotalMicroseconds / count:0.0} us");
        }
        for (var round = 0; round < 5; round++)
        {
            var clock = Stopwatch.StartNew();
            Pipe(processes, count).Wait();
            Console.WriteLine($"pipelined {count / clock.Elapsed.TotalSeconds:0}/s");
        }
    }

    private static async Task Pipe(ProcessExecutor processes, int count)
    {
        var window = new Queue<Task<int>>();
        for (var i = 0; i < count; i++)
        {
            window.Enqueue(processes.SubmitAsync(Double, i));
            if (window.Count == 64)
            {
                await window.Dequeue();
            }
        }

        await Task.WhenAll(window);
    }

    private static int Double(int number) => number * 2;

    private static int Add(int left, int right) => left + right;

    private static int Spin(int number)
    {
        Console.WriteLine($"spinning {Environment.ProcessId}");
        while (true)
        {
            number++;
        }
    }

    private static int Write(string text)
    {
        Console.WriteLine(text);
        Console.Error.WriteLine(text);
        return text.Length;
    }
}
