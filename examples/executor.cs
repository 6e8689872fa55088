#:project ../src/Rondo.Runtime
// What blocks goes to a thread, and the loop goes on meanwhile. Three calls that block for 200 ms each end together.
//
// > the loop ticks while the calls block
// > read 1, read 2, read 3
// > at the same time
// > asked for by request 7

using System.Diagnostics;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await using var disk = new ThreadExecutor(new ThreadExecutorOptions { Name = "disk", MaxThreads = 3 });
    var clock = Stopwatch.StartNew();
    loop.CallLater(TimeSpan.FromMilliseconds(50), () => Console.WriteLine("the loop ticks while the calls block"));

    var reads = Enumerable.Range(1, 3).Select(n => loop.RunInExecutor(disk, () => ReadBlocking(n)).AsTask());
    Console.WriteLine(string.Join(", ", await Task.WhenAll(reads)));
    Console.WriteLine(clock.ElapsedMilliseconds < 550 ? "at the same time" : "one after another");

    // What flows with the code flows into the thread, too.
    var request = new AsyncLocal<string> { Value = "request 7" };
    Console.WriteLine(await loop.RunInExecutor(() => $"asked for by {request.Value}"));
});

static string ReadBlocking(int number)
{
    Thread.Sleep(200);
    return $"read {number}";
}
