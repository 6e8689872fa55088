#:project ../../src/Rondo.Runtime
#:property PublishAot=false
// Prints the median of eleven starts of a pool, ms: from its first call to the answer. The first of twelve, in which
// this process itself compiles the way, is left out.
using System.Diagnostics;
using System.Globalization;
using Rondo.Runtime.Executors;

var times = new List<double>();
for (var i = 0; i < 12; i++)
{
    await using var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
    var clock = Stopwatch.StartNew();
    processes.SubmitBlocking(static number => number * 2, i);
    times.Add(clock.Elapsed.TotalMilliseconds);
}

var median = times.Skip(1).Order().ElementAt(times.Count / 2);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start {median}"));
