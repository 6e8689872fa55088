#:project ../src/Rondo.Runtime
// Which loop, and how it is made, is said where it is run: there is no global policy. Two threads may run two loops.
//
// > main runs on 'shop'
// > a timer of 'bank' on another thread
// > an hour on a loop in virtual time
// > there is no poller called 'quantum'

using Rondo.Runtime;
using Rondo.Runtime.Executors;
using Rondo.Runtime.Testing;

EventLoop.Run(
    async () =>
    {
        Console.WriteLine($"main runs on '{EventLoop.Running!.Name}'");
        await EventLoop.Running.RunInExecutor(() => EventLoop.Run(BankAsync, new LoopOptions { Name = "bank" }));
    },
    new LoopOptions { Name = "shop", Poller = "portable" });

VirtualLoop.Run(async test =>
{
    await test.Loop.Delay(TimeSpan.FromHours(1));
    Console.WriteLine("an hour on a loop in virtual time");
});

try
{
    EventLoop.Run(BankAsync, new LoopOptions { Poller = "quantum" });
}
catch (ArgumentException)
{
    Console.WriteLine("there is no poller called 'quantum'");
}

static async Task BankAsync()
{
    await EventLoop.Running!.Delay(TimeSpan.FromMilliseconds(10));
    Console.WriteLine($"a timer of '{EventLoop.Running.Name}' on another thread");
}
