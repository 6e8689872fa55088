using Rondo.Runtime.Executors;

namespace PoolProgram;

/// <summary>An ordinary program with worker processes, for what only a process of its own can show.</summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
#if HOOKLESS
        // A worker gets no arguments.
        if (arguments is not ["forgetful"])
        {
            ProcessExecutor.RunWorkerIfAsked();
        }

#endif
        Console.WriteLine("main");
        await using var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        switch (arguments)
        {
            case ["call" or "forgetful"]:
                Console.WriteLine(await processes.SubmitAsync(Double, 21));
                Console.WriteLine(await processes.CallAsync(() => Add(arguments.Length, 2)));
                break;
            case ["busy"]:
                var first = processes.SubmitAsync(Spin, 1);
                var second = processes.SubmitAsync(Spin, 2);
                await Task.WhenAll(first, second);
                break;
            case ["write"]:
                await processes.SubmitAsync(Write, "from the worker");
                break;
            case ["environment", var name]:
                Console.WriteLine(await processes.SubmitAsync(EnvironmentOf, name));
                break;
        }
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

    private static string EnvironmentOf(string name) => Environment.GetEnvironmentVariable(name) ?? "(none)";

    private static int Write(string text)
    {
        Console.WriteLine(text);
        Console.Error.WriteLine(text);
        return text.Length;
    }
}
