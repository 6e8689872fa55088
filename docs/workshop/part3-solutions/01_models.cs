#:project ../../../src/Rondo.Runtime
// Part 3, exercise 1: the models compared
// Before you measure, predict. A request waits for 50 ms and computes for 1 ms. How many can each model answer in a
// second, at the most? Then compare with 'rondo lab run --work mix:50ms+1ms', which predicts before it measures, too.
//
// > one at a time: 19.6 per second
// ? One request holds everything for its wait and its computing: 1 / (0.050 + 0.001).
// > pool of 8 threads: 156.9 per second
// ? Little's law: at most 8 are under way, each for 51 ms. 8 / 0.051, unless the processor ends first.
// > pool of 100 threads on one processor: 1000 per second
// ? 100 / 0.051 would be 1960, but a processor computes 1000 times 1 ms in a second: the smaller of the two.
// > event loop: 1000 per second
// ? Waiting costs it nothing, so only its one processor is a limit.

using System.Globalization;

var (wait, compute) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1));
Show("one at a time", Ceiling(atOnce: 1, wait, compute));
Show("pool of 8 threads", Ceiling(atOnce: 8, wait, compute));
Show("pool of 100 threads on one processor", Ceiling(atOnce: 100, wait, compute));
Show("event loop", Ceiling(atOnce: double.PositiveInfinity, wait, compute));

static double Ceiling(double atOnce, TimeSpan wait, TimeSpan compute)
{
    return Math.Min(atOnce / (wait + compute).TotalSeconds, 1 / compute.TotalSeconds);
}

static void Show(string model, double perSecond) =>
    Console.WriteLine($"{model}: {perSecond.ToString("0.#", CultureInfo.InvariantCulture)} per second");
