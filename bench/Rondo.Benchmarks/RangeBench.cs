using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rondo.Benchmarks;

/// <summary>
/// What long answers cost: 25 years of 30 currencies as NDJSON, once and 20 at a time, on a made history of the size of
/// the European Central Bank's. Every rate is a division, since the base is not the euro.
/// </summary>
internal static class RangeBench
{
    private const int Port = 9713;
    private const string Path = "/currency/rates?from=2001-04-13&to=2026-04-13&base=USD&format=ndjson";

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        var history = folder.Write("history.csv", History());
        using (var import = Process.Start(new ProcessStartInfo(
            ServerProcess.Rondo, ["currency", "import", history, "--data", folder.Path])
        {
            RedirectStandardOutput = true,
        })!)
        {
            Console.WriteLine("\n" + (await import.StandardOutput.ReadToEndAsync()).Trim());
        }

        foreach (var transport in (string[])["epoll", "sockets"])
        {
            await using var rondo = await ServerProcess.StartRondoAsync(Port, folder.Path, "--transport", transport);
            for (var warm = 0; warm < 3; warm++)
            {
                await ReadAsync(rondo);
            }

            Console.WriteLine($"25 years, 30 currencies, NDJSON, {transport}: median [min .. max] of 5");
            foreach (var atOnce in (int[])[1, 20])
            {
                await MeasureAsync(rondo, atOnce);
            }
        }
    }

    private static async Task MeasureAsync(ServerProcess rondo, int atOnce)
    {
        var samples = new List<(double FirstByte, double Cpu, double Growth, long Rows)>();
        for (var round = 0; round < 5; round++)
        {
            rondo.ForgetPeak();
            var (cpu, idle) = (rondo.CpuSeconds, rondo.ResidentMegabytes);
            var answers = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => ReadAsync(rondo)));
            samples.Add((
                answers.Max(a => a.FirstByte.TotalMilliseconds),
                (rondo.CpuSeconds - cpu) / atOnce,
                rondo.PeakMegabytes - idle,
                answers[0].Rows));
        }

        Console.WriteLine($"  {atOnce,2} at once: {samples[0].Rows} rows, "
            + $"first byte {Spread(samples.Select(s => s.FirstByte), "0")} ms, "
            + $"processor {Spread(samples.Select(s => s.Cpu), "0.00")} s each, "
            + $"memory above idle {Spread(samples.Select(s => s.Growth), "0.0")} MB");
    }

    private static string Spread(IEnumerable<double> values, string format) => HttpBench.Spread(values, format);

    private static async Task<(TimeSpan FirstByte, long Rows)> ReadAsync(ServerProcess rondo)
    {
        var clock = Stopwatch.StartNew();
        using var response = await rondo.Client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        var read = await body.ReadAsync(buffer);
        var firstByte = clock.Elapsed;
        var rows = 0L;
        while (read > 0)
        {
            rows += buffer.AsSpan(0, read).Count((byte)'\n');
            read = await body.ReadAsync(buffer);
        }

        return (firstByte, rows);
    }

    // Working days from 1999 to 2026; rates drift by a seeded random walk with the bank's number of digits.
    private static string History()
    {
        string[] codes =
        [
            "USD", "JPY", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "CHF", "ISK", "NOK", "TRY", "AUD", "BRL",
            "CAD", "CNY", "HKD", "IDR", "ILS", "INR", "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR", "RUB",
        ];
        var random = new Random(1999);
        var rates = codes.Select((_, i) => 0.8 * Math.Pow(1.4, i)).ToArray();
        var text = new StringBuilder("Date," + string.Join(',', codes) + ",\n");
        for (var day = new DateOnly(2026, 4, 13); day >= new DateOnly(1999, 1, 4); day = day.AddDays(-1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            {
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},");
            for (var i = 0; i < rates.Length; i++)
            {
                rates[i] *= 1 + ((random.NextDouble() - 0.5) / 100);
                text.Append(CultureInfo.InvariantCulture, $"{rates[i]:G5},");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
