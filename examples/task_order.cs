#:project ../src/Rondo.Runtime
// In which order things run: a task starts in the turn after its creation, so what follows its creation comes first.
//
// > before
// > after
// > task 1
// > task 2

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    Console.WriteLine("before");
    var first = loop.CreateTask(() => SayAsync("task 1"));
    var second = loop.CreateTask(() => SayAsync("task 2"));
    Console.WriteLine("after");
    await first;
    await second;
});

static async Task SayAsync(string text)
{
    Console.WriteLine(text);
    await Task.Yield();
}
