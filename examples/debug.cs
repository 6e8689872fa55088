#:project ../src/Rondo.Runtime
// The debug mode says what goes wrong, and where; RONDO_DEBUG=1 switches it on for a program as it is.
//
// > BlockingCall at debug.cs, Task.Wait
// > SlowCallback of SlowAsync
// > LostException of task careless
// > SwallowedCancellation of task deaf
// > WrongThread
// > SlowPoll

using System.Collections.Concurrent;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Executors;

var seen = new ConcurrentDictionary<string, byte>();
EventLoop.Run(
    async () =>
    {
        var loop = EventLoop.Running!;

        // Blocks the loop: named while it does, and timed when it is over.
        await SlowAsync();

        // Fails, and nobody looks.
        _ = loop.CreateTask(() => Task.FromException(new InvalidOperationException("boom")), "careless");

        // Catches its own cancellation and carries on.
        var deaf = loop.CreateTask(() => DeafAsync(loop), "deaf");
        await loop.Delay(TimeSpan.FromMilliseconds(10));
        deaf.Cancel();

        // Belongs to the loop's thread, is called from another.
        await loop.RunInExecutor(() =>
        {
            try
            {
                loop.CallSoon(() => { });
            }
            catch (InvalidOperationException)
            {
            }
        });

        // Waits long in the poller: no fault, but good to know.
        await loop.Delay(TimeSpan.FromMilliseconds(300));
    },
    new LoopOptions
    {
        Debug = true,
        SlowPollDuration = TimeSpan.FromMilliseconds(250),
        ReportHandler = Report,
        ErrorHandler = _ => { },
    });
foreach (var kind in new[] { "BlockingCall", "SlowCallback", "LostException", "SwallowedCancellation", "WrongThread", "SlowPoll" })
{
    Console.WriteLine(seen.Keys.FirstOrDefault(line => line.StartsWith(kind)) ?? $"{kind} was not seen");
}

void Report(LoopReport report) => seen.TryAdd(
    report switch
    {
        BlockingCall call => $"BlockingCall at {Path.GetFileName(call.File)}, {call.Call}",
        SlowCallback { Callback: var name } => $"SlowCallback of {name.Split('.')[^1]}",
        LostException lost => $"LostException of {lost.Origin}",
        SwallowedCancellation swallowed => $"SwallowedCancellation of task {swallowed.Task.Name}",
        _ => report.GetType().Name,
    },
    0);

static async Task SlowAsync()
{
    await Task.Yield();
    Task.Delay(500).Wait();
}

static async Task DeafAsync(EventLoop loop)
{
    try
    {
        await loop.Delay(TimeSpan.FromHours(1));
    }
    catch (OperationCanceledException)
    {
    }
}
