#:project ../src/Rondo.Runtime
// On a loop nothing runs between two awaits, so most code needs no lock. What spans an await does: the platform's
// SemaphoreSlim is the async lock, and waiting for it lets the others run.
//
// > without a lock: 1
// > with a lock: 10

using Rondo.Runtime;
using Rondo.Runtime.Tasks;

EventLoop.Run(async () =>
{
    Console.WriteLine($"without a lock: {await CountAsync(null)}");
    using var gate = new SemaphoreSlim(1);
    Console.WriteLine($"with a lock: {await CountAsync(gate)}");
});

static async Task<int> CountAsync(SemaphoreSlim? gate)
{
    var count = 0;
    await TaskGroup.RunAsync(group =>
    {
        for (var i = 0; i < 10; i++)
        {
            group.Start(AddAsync);
        }

        return Task.CompletedTask;
    });
    return count;

    async Task AddAsync()
    {
        if (gate is not null)
        {
            await gate.WaitAsync();
        }

        // Read, wait, write: whoever comes in between is overwritten.
        var seen = count;
        await Task.Yield();
        count = seen + 1;
        gate?.Release();
    }
}
