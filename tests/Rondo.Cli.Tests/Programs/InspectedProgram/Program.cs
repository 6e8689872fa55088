using System.Threading.Channels;
using Rondo.Runtime;
using Rondo.Runtime.Tasks;

// Waits in nested calls, for the tests to look at: on an event loop, or as any other .NET program does.
if (args is ["loop"])
{
    EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        await Gather.AllAsync(
            loop.CreateTask(OuterAsync, "first"),
            loop.CreateTask(OuterAsync, "second"),
            loop.CreateTask(
                async () =>
                {
                    await TaskGroup.RunAsync(group =>
                    {
                        group.Start(ReadAsync, "grouped");
                        return Task.CompletedTask;
                    });
                    return 1;
                },
                "third"));
    });
}
else if (args is ["brief"])
{
    EventLoop.Run(() =>
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        return Task.CompletedTask;
    });
}
else
{
    new Thread(BlockedThread) { Name = "sleeper", IsBackground = true }.Start();
    var work = Task.WhenAll(OuterAsync(), ReadAsync());
    await work;
}

static async Task<int> OuterAsync()
{
    await InnerAsync().ConfigureAwait(false);
    return 1;
}

static async Task InnerAsync()
{
    await Task.Delay(TimeSpan.FromHours(1));
}

static async Task ReadAsync()
{
    // The last that starts: whoever reads this takes longer to look than the rest of this callback.
    Console.WriteLine("ready");
    await Channel.CreateUnbounded<int>().Reader.ReadAsync();
}

static void BlockedThread() => Thread.Sleep(Timeout.Infinite);
