#:project ../../../src/Rondo.Runtime
// Part 1, exercise 5: coroutines become tasks
// Called, an async method runs to its first wait. As a task, the loop runs it beside the others. Three calls of 100,
// 200 and 300 ms shall take as long as the longest. The clock is virtual, so the times are exact and nobody waits.
//
// > one after another: 600 ms
// > all at once: 300 ms
// ? CreateTask starts them; only then await. Awaiting each one where it is created is one after another again.
// > in the order of the arguments: slow, middle, quick
// ? Gather.AllAsync gives the results in the order of its arguments, whoever is first.

using Rondo.Runtime;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    var start = loop.Time;
    await CallAsync(loop, "slow", 300);
    await CallAsync(loop, "middle", 200);
    await CallAsync(loop, "quick", 100);
    Console.WriteLine($"one after another: {(loop.Time - start).TotalMilliseconds} ms");

    start = loop.Time;
    var answers = await AllAsync(loop);
    Console.WriteLine($"all at once: {(loop.Time - start).TotalMilliseconds} ms");
    Console.WriteLine($"in the order of the arguments: {string.Join(", ", answers)}");
});

static async Task<string[]> AllAsync(EventLoop loop)
{
    return await Gather.AllAsync(
        loop.CreateTask(() => CallAsync(loop, "slow", 300)),
        loop.CreateTask(() => CallAsync(loop, "middle", 200)),
        loop.CreateTask(() => CallAsync(loop, "quick", 100)));
}

static async Task<string> CallAsync(EventLoop loop, string answer, int milliseconds)
{
    await loop.Delay(TimeSpan.FromMilliseconds(milliseconds));
    return answer;
}
