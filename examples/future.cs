#:project ../src/Rondo.Runtime
// A future is where a producer and a consumer meet: one of them sets it, once; the other awaits it, before or after.
//
// > consumer waits
// > producer works
// > producer: done
// > consumer: 42
// > late consumer: 42

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var answer = loop.CreateFuture<int>("answer");
    var consumer = loop.CreateTask(async () =>
    {
        Console.WriteLine("consumer waits");
        Console.WriteLine($"consumer: {await answer}");
    });
    _ = loop.CreateTask(async () =>
    {
        Console.WriteLine("producer works");
        await loop.Delay(TimeSpan.FromMilliseconds(10));
        answer.SetResult(42);
        Console.WriteLine("producer: done");
    });
    await consumer;
    Console.WriteLine($"late consumer: {await answer}");
});
