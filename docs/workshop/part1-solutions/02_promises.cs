#:project ../../../src/Rondo.Runtime
// Part 1, exercise 2: promises
// An old library takes callbacks: one for success, one for failure. Make a promise of it, so that it can be awaited.
//
// > GBP is 0.884
// ? TaskCompletionSource is the promise: its Task goes to the caller at once, the callbacks settle it later.
// > XXX is unknown
// ? The second callback must fail the promise: SetException. Then 'await' throws where the caller can catch it.

using Rondo.Runtime;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    foreach (var code in (string[])["GBP", "XXX"])
    {
        try
        {
            Console.WriteLine($"{code} is {await RateAsync(loop, code)}");
        }
        catch (KeyNotFoundException error)
        {
            Console.WriteLine(error.Message);
        }
    }
});

static Task<decimal> RateAsync(EventLoop loop, string code)
{
    var promise = new TaskCompletionSource<decimal>();
    Rate(loop, code, promise.SetResult, why => promise.SetException(new KeyNotFoundException(why)));
    return promise.Task;
}

// The old library.
static void Rate(EventLoop loop, string code, Action<decimal> found, Action<string> failed) =>
    loop.CallLater(TimeSpan.FromMilliseconds(10), () =>
    {
        if (code == "GBP")
        {
            found(0.884m);
        }
        else
        {
            failed($"{code} is unknown");
        }
    });
