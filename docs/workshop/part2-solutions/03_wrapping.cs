#:project ../../../src/Rondo.Runtime
// Part 2, exercise 3: wrapping blocking code
// A library that blocks stays as it is, and is wrapped once: any function that blocks becomes one that is awaited. Its
// failures arrive where it is awaited. The pool is the ceiling: no more calls at once than it has threads.
//
// > 122 USD
// ? Return a function: argument => pool.SubmitAsync(blocking, argument).
// > There is no rate for XXX.
// ? Nothing to do for failures: an exception of the blocking function is thrown by the await.
// > 4 calls at once, the fifth waits

using Rondo.Runtime;
using Rondo.Runtime.Executors;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await using var pool = new ThreadExecutor(new ThreadExecutorOptions { MaxThreads = 4 });
    var convertAsync = ForceAsync<(string Currency, decimal Amount), string>(pool, ConvertBlocking);
    Console.WriteLine(await convertAsync(("USD", 100)));
    try
    {
        await convertAsync(("XXX", 100));
    }
    catch (KeyNotFoundException error)
    {
        Console.WriteLine(error.Message);
    }

    using var gate = new ManualResetEventSlim();
    var waitAsync = ForceAsync<int, int>(pool, n =>
    {
        gate.Wait();
        return n;
    });
    var calls = Enumerable.Range(0, 5).Select(waitAsync).ToList();
    while (pool.BusyThreads < 4)
    {
        await loop.Delay(TimeSpan.FromMilliseconds(1));
    }

    var fifth = pool.QueueLength == 1 ? "the fifth waits" : "and no more";
    Console.WriteLine($"{pool.BusyThreads} calls at once, {fifth}");
    gate.Set();
    await Task.WhenAll(calls);
});

static Func<TArg, Task<T>> ForceAsync<TArg, T>(ThreadExecutor pool, Func<TArg, T> blocking)
{
    return argument => pool.SubmitAsync(blocking, argument);
}

static string ConvertBlocking((string Currency, decimal Amount) request)
{
    Thread.Sleep(50);
    return request.Currency == "USD"
        ? FormattableString.Invariant($"{request.Amount * 1.22m:0.##} USD")
        : throw new KeyNotFoundException($"There is no rate for {request.Currency}.");
}
