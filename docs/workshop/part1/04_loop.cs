#:project ../../../src/Rondo.Runtime
// Part 1, exercise 4: the event loop
// One turn after another: what is ready runs in its order, timers when they are due. Bring these lines into order with
// CallSoon and CallLater alone. Virtual time makes the timers exact.
//
// > now
// > next turn
// ? CallSoon puts a callback behind those that are ready. Nothing of it runs before this callback returns to the loop.
// > turn after
// ? What a callback schedules waits for the next turn: call CallSoon inside a callback of CallSoon.
// > in 20 ms
// > in 40 ms
// ? The order of the calls does not matter to timers, only when they are due.

using Rondo.Runtime;
using Rondo.Runtime.Testing;

VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    loop.CallLater(TimeSpan.FromMilliseconds(40), () => Console.WriteLine("in 40 ms"));
    Schedule(loop);
    Console.WriteLine("now");
    await loop.Delay(TimeSpan.FromMilliseconds(100));
});

static void Schedule(EventLoop loop)
{
    throw new NotImplementedException("schedule 'in 20 ms', 'next turn', and from inside the latter 'turn after'");
}
