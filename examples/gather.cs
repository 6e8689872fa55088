#:project ../src/Rondo.Runtime
// Three calls at once take as long as the longest. Results come in the order of the arguments, whoever is first.
//
// > slow, middle, quick
// > all at once
// > ok, no such city, ok

using System.Diagnostics;
using Rondo.Runtime;
using Rondo.Runtime.Tasks;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var clock = Stopwatch.StartNew();
    var all = await Gather.AllAsync(
        loop.CreateTask(() => CallAsync(loop, "slow", 300)),
        loop.CreateTask(() => CallAsync(loop, "middle", 200)),
        loop.CreateTask(() => CallAsync(loop, "quick", 100)));
    Console.WriteLine(string.Join(", ", all));
    Console.WriteLine(clock.ElapsedMilliseconds < 600 ? "all at once" : "one after another");
});

// With failures as values, nothing is lost: each task holds its own outcome.
EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var settled = await Gather.SettledAsync(
        loop.CreateTask(() => CallAsync(loop, "ok", 1)),
        loop.CreateTask(() => FailAsync("no such city")),
        loop.CreateTask(() => CallAsync(loop, "ok", 1)));
    Console.WriteLine(string.Join(", ", settled.Select(task => task.Exception?.InnerException?.Message ?? task.Result)));
});

static async Task<string> CallAsync(EventLoop loop, string answer, int milliseconds)
{
    await loop.Delay(TimeSpan.FromMilliseconds(milliseconds));
    return answer;
}

static async Task<string> FailAsync(string why)
{
    await Task.Yield();
    throw new InvalidOperationException(why);
}
