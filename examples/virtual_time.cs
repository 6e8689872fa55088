#:project ../src/Rondo.Runtime
// A test in virtual time: the clock jumps to the next deadline as soon as nothing is left to do.
//
// > 40 days later it is 2000-02-10
// > in no time

using System.Diagnostics;
using Rondo.Runtime.Testing;

var clock = Stopwatch.StartNew();
VirtualLoop.Run(async test =>
{
    await Task.Delay(TimeSpan.FromDays(40), test.Loop.TimeProvider);
    Console.WriteLine($"40 days later it is {test.Loop.TimeProvider.GetUtcNow():yyyy-MM-dd}");
});
Console.WriteLine(clock.Elapsed < TimeSpan.FromSeconds(10) ? "in no time" : "40 days");
