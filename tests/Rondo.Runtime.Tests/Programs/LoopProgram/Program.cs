using System.Runtime.InteropServices;
using Rondo.Runtime;

namespace LoopProgram;

/// <summary>
/// An ordinary program around a loop, for what only a process of its own can show: signals and exit codes.
/// </summary>
internal static class Program
{
    private static void Main(string[] arguments)
    {
        var options = new LoopOptions { HandleInterrupt = arguments[0] != "opted-out" };
        try
        {
            EventLoop.Run(() => RunAsync(arguments[0]), options);
            Console.WriteLine("returned");
        }
        catch (OperationCanceledException cancelled) when (arguments[0] == "catch")
        {
            Console.WriteLine($"caught {cancelled.GetType().Name}");
        }
    }

    private static async Task RunAsync(string what)
    {
        var loop = EventLoop.Running!;
        if (what == "handler")
        {
            var received = loop.CreateFuture<bool>();
            loop.AddSignalHandler(PosixSignal.SIGINT, () => received.SetResult(true));
            Console.WriteLine("ready");
            await received;
            Console.WriteLine("handled");
            return;
        }

        try
        {
            Console.WriteLine("ready");
            await loop.Delay(TimeSpan.FromMinutes(1));
        }
        catch (OperationCanceledException) when (what == "swallow")
        {
            Console.WriteLine("swallowed");
        }
        finally
        {
            Console.WriteLine("cleaning");
            if (what == "stubborn")
            {
                await new TaskCompletionSource().Task;
            }

            await Task.Yield();
            Console.WriteLine("cleaned");
        }
    }
}
