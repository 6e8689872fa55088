using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Benchmarks;

/// <summary>
/// What a durable event costs: appends by one sender and by 64, how many share an fsync, how soon a watcher has one;
/// beside what the disk gives, a write and an fsync of the same size. Then the same with a disk of 10 ms.
/// </summary>
internal static class StreamBench
{
    private const int Rounds = 7;
    private const int Senders = 64;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(2);
    private static readonly byte[] Data = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 100)}}"}""");

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nStreams: median [min .. max] of {Rounds} rounds of {Length.TotalSeconds} s, in turn");
        var (disk, one, many) = (new List<double>(), new List<Measured>(), new List<Measured>());
        var watched = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            using var folder = new ScratchFolder();
            disk.Add(Disk(Path.Combine(folder.Path, "raw")));
            one.Add(await AppendAsync(Path.Combine(folder.Path, "one.db"), 1, Length));
            many.Add(await AppendAsync(Path.Combine(folder.Path, "many.db"), Senders, Length));
            watched.Add(await WatchAsync(Path.Combine(folder.Path, "watch.db")));
        }

        // The first round compiles.
        Console.WriteLine($"  write and fsync of 12 KB  {HttpBench.Spread(disk.Skip(1), "#,0")}/s");
        Show("one sender", one.Skip(1).ToList());
        Show($"{Senders} senders", many.Skip(1).ToList());
        Console.WriteLine($"  append to watcher, p99     {HttpBench.Spread(watched.Skip(1), "0.00")} ms");
        await SlowDiskAsync();
    }

    /// <summary>The child under strace: prints its figures.</summary>
    public static async Task RunChildAsync(string path)
    {
        var measured = await AppendAsync(path, Senders, TimeSpan.FromSeconds(5));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{measured.PerSecond:#,0}/s, {measured.PerCommit:0.0} events per fsync, p99 {measured.P99:0.0} ms"));
    }

    /// <summary>The same in the database that RONDO_DATABASE names, whose schema <c>rondo</c> goes with it.</summary>
    public static async Task RunPostgresAsync()
    {
        var address = PostgresAddress.Find(null) ?? throw new InvalidOperationException("RONDO_DATABASE is not set.");
        Console.WriteLine(
            $"\nStreams in PostgreSQL: median [min .. max] of {Rounds} rounds of {Length.TotalSeconds} s, in turn");
        var (one, many, two) = (new List<Measured>(), new List<Measured>(), new List<Measured>());
        for (var round = 0; round <= Rounds; round++)
        {
            await using var store = Open();
            one.Add(await AppendAsync(store, () => store.Written, $"one-{round}", 1, Length));
            many.Add(await AppendAsync(store, () => store.Written, $"many-{round}", Senders, Length));
            await using var other = Open();
            two.Add(Sum(await Task.WhenAll(
                AppendAsync(store, () => store.Written, $"two-{round}", Senders / 2, Length),
                AppendAsync(other, () => other.Written, $"two-{round}", Senders / 2, Length))));
        }

        Show("one sender", one.Skip(1).ToList());
        Show($"{Senders} senders", many.Skip(1).ToList());
        Show($"{Senders} senders, two nodes", two.Skip(1).ToList());

        PostgresEventStore Open() => PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance);

        static Measured Sum(Measured[] nodes) => new(
            nodes.Sum(n => n.PerSecond), nodes.Average(n => n.PerCommit), nodes.Average(n => n.P50), nodes.Max(n => n.P99));
    }

    private static void Show(string name, List<Measured> rounds)
    {
        Console.WriteLine($"  {name,-26} {HttpBench.Spread(rounds.Select(r => r.PerSecond), "#,0")}/s");
        Console.WriteLine($"    events per fsync         {HttpBench.Spread(rounds.Select(r => r.PerCommit), "0.0")}");
        Console.WriteLine($"    p50, p99 in ms           {HttpBench.Spread(rounds.Select(r => r.P50), "0.00")}, "
            + HttpBench.Spread(rounds.Select(r => r.P99), "0.00"));
    }

    private static double Disk(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var block = new byte[12 * 1024];
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; clock.Elapsed < Length; count++)
        {
            RandomAccess.Write(file, block, (long)count * block.Length);
            RandomAccess.FlushToDisk(file);
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task<Measured> AppendAsync(string path, int senders, TimeSpan length)
    {
        await using var store = SqliteEventStore.Open(path, TimeProvider.System);
        return await AppendAsync(store, () => store.Written, "bench", senders, length);
    }

    private static async Task<Measured> AppendAsync(
        IEventStore store, Func<(long Events, long Commits)> written, string stream, int senders, TimeSpan length)
    {
        var before = written();
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (clock.Elapsed < length)
            {
                var start = clock.Elapsed;
                await store.AppendAsync(stream, [new NewEvent("t", Data)]);
                mine.Add((clock.Elapsed - start).TotalMilliseconds);
            }

            return mine;
        })));
        var elapsed = clock.Elapsed.TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToList();
        return new Measured(
            all.Count / elapsed, all.Count / (double)(written().Commits - before.Commits),
            all[all.Count / 2], all[all.Count * 99 / 100]);
    }

    // From the moment that the sender knows that it is durable until each of 8 watchers has it.
    private static async Task<double> WatchAsync(string path)
    {
        await using var store = SqliteEventStore.Open(path, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var seen = new List<long>[8];
        var watchers = seen.Select((_, i) => Task.Run(async () =>
        {
            seen[i] = [];
            await foreach (var item in store.WatchAsync([new WatchedStream("bench", null)], cancellation: stop.Token))
            {
                if (item.Event is not null)
                {
                    seen[i].Add(Stopwatch.GetTimestamp());
                    if (item.Event.Seq == 500)
                    {
                        return;
                    }
                }
            }
        })).ToList();
        var durable = new List<long>();
        for (var i = 0; i < 500; i++)
        {
            await store.AppendAsync("bench", [new NewEvent("t", Data)]);
            durable.Add(Stopwatch.GetTimestamp());
            await Task.Delay(1);
        }

        await Task.WhenAll(watchers);
        var delays = seen.SelectMany(s => s.Zip(durable, (at, from) => Stopwatch.GetElapsedTime(from, at).TotalMilliseconds))
            .Order().ToList();
        return delays[delays.Count * 99 / 100];
    }

    private static async Task SlowDiskAsync()
    {
        using var folder = new ScratchFolder();
        using var child = Process.Start(new ProcessStartInfo("strace",
        [
            "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
            "-e", "inject=fsync,fdatasync:delay_exit=10000",
            "dotnet", typeof(StreamBench).Assembly.Location, "streams-child", Path.Combine(folder.Path, "slow.db"),
        ])
        { RedirectStandardOutput = true })!;
        Console.Write($"  {Senders} senders, fsync + 10 ms   {await child.StandardOutput.ReadToEndAsync()}");
        await child.WaitForExitAsync();
    }

    private sealed record Measured(double PerSecond, double PerCommit, double P50, double P99);
}
