using System.Globalization;
using System.Text;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Ab;

/// <summary>The report in ab's layout, line by line.</summary>
internal sealed class AbReport(AbOptions options, TargetUrl target, LoadResult result, IReadOnlyList<RequestTimes> requests)
{
    private const int ValueColumn = 24;
    private const double Kilobyte = 1024;

    private static readonly int[] Percents = [50, 66, 75, 80, 90, 95, 98, 99, 100];

    private readonly StringBuilder _text = new();
    private readonly AbStatistics _connect = new(requests.Select(r => r.Connecting));
    private readonly AbStatistics _processing = new(requests.Select(r => r.Whole - r.Connecting));
    private readonly AbStatistics _waiting = new(requests.Select(r => r.FirstByte));
    private readonly AbStatistics _total = new(requests.Select(r => r.Whole));

    public static string Head(AbOptions options, TargetUrl target) =>
        "This is rondo ab, in the manner of ApacheBench, Version 2.3\n\n"
            + $"Benchmarking {target.Host} (be patient)" + (options.ShowsProgress ? "\n" : "...");

    public string Write()
    {
        if (!options.ShowsProgress)
        {
            _text.Append("..done\n");
        }

        _text.Append("\n\n");
        WriteTarget();
        WriteCounts();
        WriteRates();
        WriteTimes();
        if (!options.HidesPercentiles && requests.Count > 1)
        {
            _text.Append("\nPercentage of the requests served within a certain time (ms)\n");
            foreach (var percent in Percents)
            {
                _text.Append(CultureInfo.InvariantCulture, $" {percent,3}%  {AbStatistics.Whole(_total.At(percent)),5}")
                    .Append(percent == 100 ? " (longest request)\n" : "\n");
            }
        }

        return _text.ToString();
    }

    private void WriteTarget()
    {
        Line("Server Software:", result.Server ?? "");
        Line("Server Hostname:", target.Host);
        Line("Server Port:", Text($"{target.Port}"));
        _text.Append('\n');
        Line("Document Path:", target.PathAndQuery);
        Line("Document Length:", options.AcceptsLengths ? "Variable" : Text($"{Math.Max(0, result.FirstLength)} bytes"));
        _text.Append('\n');
    }

    private void WriteCounts()
    {
        var counts = result.Counts;
        var received = counts.Resets + counts.ClosedEarly;
        var exceptions = counts.Timeouts + counts.Malformed;
        var failed = counts.ConnectErrors + received + counts.WrongBody + exceptions;
        Line("Concurrency Level:", Text($"{options.Concurrency}"));
        Line("Time taken for tests:", Text($"{result.ElapsedSeconds:0.000} seconds"));
        Line("Complete requests:", Text($"{Done}"));
        Line("Failed requests:", Text($"{failed}"));
        if (failed > 0)
        {
            _text.Append(
                CultureInfo.InvariantCulture,
                $"   (Connect: {counts.ConnectErrors}, Receive: {received}, Length: {counts.WrongBody}, ")
                .Append(CultureInfo.InvariantCulture, $"Exceptions: {exceptions})\n");
        }

        if (counts.NotSuccessful > 0)
        {
            Line("Non-2xx responses:", Text($"{counts.NotSuccessful}"));
        }

        if (options.KeepsAlive)
        {
            Line("Keep-Alive requests:", Text($"{counts.KeptAlive}"));
        }

        Line("Total transferred:", Text($"{counts.BytesReceived} bytes"));
        if (options.BodyFile is not null)
        {
            Line("Total body sent:", Text($"{counts.Sent * options.RequestBytes}"));
        }

        Line("HTML transferred:", Text($"{counts.BodyBytes} bytes"));
    }

    private void WriteRates()
    {
        var elapsed = result.ElapsedSeconds;
        var each = Done == 0 ? 0 : elapsed * 1000 / Done;
        var sent = result.Counts.Sent * options.RequestBytes / Kilobyte / elapsed;
        var received = result.Counts.BytesReceived / Kilobyte / elapsed;
        Line("Requests per second:", Text($"{Done / elapsed:0.00} [#/sec] (mean)"));
        Line("Time per request:", Text($"{each * options.Concurrency:0.000} [ms] (mean)"));
        Line("Time per request:", Text($"{each:0.000} [ms] (mean, across all concurrent requests)"));
        Line("Transfer rate:", Text($"{received:0.00} [Kbytes/sec] received"));
        if (options.BodyFile is not null)
        {
            Line("", Text($"{sent:0.00} kb/s sent"));
            Line("", Text($"{sent + received:0.00} kb/s total"));
        }
    }

    private void WriteTimes()
    {
        (string Name, AbStatistics Values)[] rows =
            [("Connect:", _connect), ("Processing:", _processing), ("Waiting:", _waiting), ("Total:", _total)];
        if (requests.Count == 0)
        {
            return;
        }

        _text.Append("\nConnection Times (ms)\n");
        _text.Append(options.HidesConfidence
            ? "              min   avg   max\n"
            : "              min  mean[+/-sd] median   max\n");
        foreach (var (name, v) in rows)
        {
            var (min, mean, max) = (AbStatistics.Whole(v.Min), AbStatistics.Whole(v.Mean), AbStatistics.Whole(v.Max));
            _text.Append(CultureInfo.InvariantCulture, $"{name,-12}").Append(options.HidesConfidence
                ? Text($"{min,5} {mean,5}{max,5}\n")
                : Text($"{min,5} {mean,4} {v.Deviation,5:0.0} {AbStatistics.Whole(v.Median),6} {max,7}\n"));
        }

        if (!options.HidesConfidence)
        {
            Judge("the initial connection time", _connect);
            Judge("the processing time", _processing);
            Judge("the waiting time", _waiting);
            Judge("the total time", _total);
        }
    }

    private void Judge(string what, AbStatistics values)
    {
        var distance = Math.Abs(values.Mean - values.Median);
        if (distance > 2 * values.Deviation)
        {
            _text.Append($"ERROR: The median and mean for {what} are more than twice the standard\n")
                .Append("       deviation apart. These results are NOT reliable.\n");
        }
        else if (distance > values.Deviation)
        {
            _text.Append($"WARNING: The median and mean for {what} are not within a normal deviation\n")
                .Append("        These results are probably not that reliable.\n");
        }
    }

    private long Done => result.Counts.Completed + result.Counts.WrongBody + result.Counts.WrongStatus;

    private void Line(string name, string value) => _text.Append(name.PadRight(ValueColumn)).Append(value).Append('\n');

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
