#:project ../src/Rondo.Runtime
// `yield` makes a method that can be left and entered again; an async iterator may wait in between, and others run then.
//
// > made 1
// > took 1
// > made 2
// > took 2
// > tick 1
// > others run
// > tick 2

using Rondo.Runtime;

foreach (var number in Numbers())
{
    Console.WriteLine($"took {number}");
}

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    await foreach (var tick in TicksAsync(loop))
    {
        Console.WriteLine($"tick {tick}");
        loop.CallSoon(() =>
        {
            if (tick == 1)
            {
                Console.WriteLine("others run");
            }
        });
    }
});

static IEnumerable<int> Numbers()
{
    for (var number = 1; number <= 2; number++)
    {
        Console.WriteLine($"made {number}");
        yield return number;
    }
}

static async IAsyncEnumerable<int> TicksAsync(EventLoop loop)
{
    for (var tick = 1; tick <= 2; tick++)
    {
        await loop.Delay(TimeSpan.FromMilliseconds(10));
        yield return tick;
    }
}
