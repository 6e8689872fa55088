#:project ../../../src/Rondo.Runtime
// Part 1, exercise 6: futures
// A future is where a producer and a consumer meet. Build a bell with one: many wait for it, one rings it once.
//
// > ann waits
// > bob waits
// > ringing
// > ann hears: noon
// ? WaitAsync awaits the future; RingAsync sets its result.
// > bob hears: noon
// > late eve hears: noon
// ? A future keeps its result: who comes late awaits it as well, and gets it at once.
// > rung twice: False
// ? TrySetResult says whether it was the one who set it.

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var bell = new Bell(loop);
    var ann = loop.CreateTask(() => ListenAsync(bell, "ann"));
    var bob = loop.CreateTask(() => ListenAsync(bell, "bob"));
    await loop.Delay(TimeSpan.FromMilliseconds(10));
    Console.WriteLine("ringing");
    bell.Ring("noon");
    await ann;
    await bob;
    Console.WriteLine($"late eve hears: {await bell.WaitAsync()}");
    Console.WriteLine($"rung twice: {bell.Ring("midnight")}");
});

static async Task ListenAsync(Bell bell, string who)
{
    Console.WriteLine($"{who} waits");
    Console.WriteLine($"{who} hears: {await bell.WaitAsync()}");
}

internal sealed class Bell(EventLoop loop)
{
    private readonly LoopFuture<string> _rung = loop.CreateFuture<string>("bell");

    public async Task<string> WaitAsync()
    {
        return await _rung;
    }

    public bool Ring(string text)
    {
        return _rung.TrySetResult(text);
    }
}
