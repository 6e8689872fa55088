#:project ../../../src/Rondo.Runtime
// Part 1, exercise 7: a task ends, is cancelled, or is too slow
// Three meals: one is served, one is sent back, one takes too long. Nobody waits longer than 50 ms, and in virtual time
// not even that.
//
// > soup: served
// > roast: too slow
// ? CancelScope.RunAsync(body, deadline) cancels what it runs and returns true when the deadline has passed.
// > roast: the cook cleans up
// ? Cancellation is an OperationCanceledException at the await: catch it, clean up, and throw it on.
// > kitchen: closed

using Rondo.Runtime;
using Rondo.Runtime.Testing;

VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    await ServeAsync(loop, "soup", milliseconds: 1);
    await ServeAsync(loop, "roast", milliseconds: 3_600_000);
    Console.WriteLine("kitchen: closed");
});

static async Task ServeAsync(EventLoop loop, string meal, int milliseconds)
{
    var log = new List<string>();
    var tooSlow = await CancelScope.RunAsync(
        _ => CookAsync(loop, meal, milliseconds, log), deadline: TimeSpan.FromMilliseconds(50));
    Console.WriteLine($"{meal}: {(tooSlow ? "too slow" : "served")}");
    log.ForEach(Console.WriteLine);
}

static async Task CookAsync(EventLoop loop, string meal, int milliseconds, List<string> log)
{
    try
    {
        await loop.Delay(TimeSpan.FromMilliseconds(milliseconds));
    }
    catch (OperationCanceledException)
    {
        log.Add($"{meal}: the cook cleans up");
        throw;
    }
}
