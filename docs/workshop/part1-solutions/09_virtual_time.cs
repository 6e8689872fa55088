#:project ../../../src/Rondo.Runtime
// Part 1, exercise 9: a deterministic test
// The converter asks again when the server fails: after 1 s, 2 s and 4 s, then it gives up. Write its test. In virtual
// time it takes no time, and the seconds are exact. A test that cannot fail is none: the second run has a converter
// that waits for too long, and the test has to notice.
//
// $ dotnet run docs/workshop/part1/09_virtual_time.cs -- right
// > 122 after 3 s
// > gives up after 7 s
// > passed
// ? VirtualLoop.Run(test => ...) runs on a clock that jumps to the next deadline; test.Loop.Time is its time.
// $ dotnet run docs/workshop/part1/09_virtual_time.cs -- wrong
// > 122 after 6 s
// > gives up after 14 s
// > failed
// ? Passed is only who answers 122 after exactly 3 s, and gives up after exactly 7 s.

using Rondo.Runtime;
using Rondo.Runtime.Testing;

var pause = TimeSpan.FromSeconds(args is ["wrong"] ? 2 : 1);
var passed = true;
VirtualLoop.Run(async test =>
{
    var failures = 2;
    var converter = new Converter(
        test.Loop, pause, () => failures-- > 0 ? throw new HttpRequestException("down") : 1.22m);
    var amount = await converter.ConvertAsync(100);
    Console.WriteLine($"{amount:0.##} after {test.Loop.Time.TotalSeconds} s");
    passed &= amount == 122 && test.Loop.Time == TimeSpan.FromSeconds(3);
});
VirtualLoop.Run(async test =>
{
    var converter = new Converter(test.Loop, pause, () => throw new HttpRequestException("down"));
    try
    {
        await converter.ConvertAsync(100);
        passed = false;
    }
    catch (HttpRequestException)
    {
        Console.WriteLine($"gives up after {test.Loop.Time.TotalSeconds} s");
        passed &= test.Loop.Time == TimeSpan.FromSeconds(7);
    }
});
Console.WriteLine(passed ? "passed" : "failed");

internal sealed class Converter(EventLoop loop, TimeSpan pause, Func<decimal> ask)
{
    public async Task<decimal> ConvertAsync(decimal amount)
    {
        for (var (wait, attempt) = (pause, 0); ; wait *= 2, attempt++)
        {
            try
            {
                return amount * ask();
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await loop.Delay(wait);
            }
        }
    }
}
