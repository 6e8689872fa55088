#:project ../../../src/Rondo.Runtime
// Part 1, exercise 3: generators
// A method that can be left and entered again. First one that makes numbers when asked, then one that may also wait.
//
// > 0 1 1 2 3 5 8 13
// ? 'yield return' hands one number out, and goes on behind it when the next is asked for. An endless loop is fine.
// > quote 1
// > others run
// ? An async iterator awaits between two values, and the loop serves others meanwhile: await loop.Delay(...).
// > quote 2

using Rondo.Runtime;

Console.WriteLine(string.Join(' ', Fibonacci().Take(8)));

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await foreach (var quote in QuotesAsync(loop))
    {
        Console.WriteLine($"quote {quote}");
        if (quote == 1)
        {
            loop.CallSoon(() => Console.WriteLine("others run"));
        }
    }
});

static IEnumerable<int> Fibonacci()
{
    throw new NotImplementedException("yield 0, 1, and then for ever the sum of the last two");
}

static async IAsyncEnumerable<int> QuotesAsync(EventLoop loop)
{
    await loop.Delay(TimeSpan.FromMilliseconds(10));
    yield return 1;
    throw new NotImplementedException("wait for 10 ms again, and yield 2");
}
