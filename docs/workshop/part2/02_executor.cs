#:project ../../../src/Rondo.Runtime
// Part 2, exercise 2: executors
// Threads of your own are work; an executor lends you some. Six calls that block for 100 ms, on three threads.
//
// > the loop ticks while the calls block
// ? RunInExecutor returns at once; a call that is made directly blocks the loop, and RONDO_DEBUG=1 names the line.
// > read 1, read 2, read 3, read 4, read 5, read 6
// ? loop.RunInExecutor(pool, () => ReadBlocking(n)).AsTask() for each number, then await Task.WhenAll.
// > never more than 3 at once

using Rondo.Runtime;
using Rondo.Runtime.Executors;

var (atOnce, most) = (0, 0);
EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await using var pool = new ThreadExecutor(new ThreadExecutorOptions { Name = "disk", MaxThreads = 3 });
    loop.CallSoon(() => Console.WriteLine("the loop ticks while the calls block"));
    var numbers = Enumerable.Range(1, 6);
    throw new NotImplementedException(
        "run ReadBlocking for each number in the pool, all at once, and print the answers on one line, joined by ', '");
    Console.WriteLine(most <= 3 ? "never more than 3 at once" : $"{most} at once");
});

string ReadBlocking(int number)
{
    lock (Console.Out)
    {
        most = Math.Max(most, ++atOnce);
    }

    Thread.Sleep(100);
    lock (Console.Out)
    {
        atOnce--;
    }

    return $"read {number}";
}
