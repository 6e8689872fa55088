#:project ../../../src/Rondo.Runtime
// Part 2, exercise 1: futures and threads
// A thread works, the loop waits for it without being blocked. A future belongs to its loop: only the loop's thread may
// set it, so the thread posts that.
//
// > the loop goes on
// > from a thread: 42
// ? At the end of the thread: loop.CallSoonThreadSafe(() => future.SetResult(...)). From there CallSoon is refused.
// > set on the loop's thread: True

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var home = Environment.CurrentManagedThreadId;
    var future = loop.CreateFuture<int>("answer");
    var setOn = 0;
    future.AddDoneCallback(_ => setOn = Environment.CurrentManagedThreadId);
    StartThread(loop, future);
    Console.WriteLine("the loop goes on");
    Console.WriteLine($"from a thread: {await future}");
    Console.WriteLine($"set on the loop's thread: {setOn == home}");
});

static void StartThread(EventLoop loop, LoopFuture<int> future)
{
    var thread = new Thread(() =>
    {
        var result = ComputeBlocking();
        loop.CallSoonThreadSafe(() => future.SetResult(result));
    })
    {
        IsBackground = true,
    };
    thread.Start();
}

static int ComputeBlocking()
{
    Thread.Sleep(100);
    return 42;
}
