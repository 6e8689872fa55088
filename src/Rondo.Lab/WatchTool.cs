using System.Diagnostics;
using System.Globalization;
using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Experiments.Watching;
using Rondo.Lab.Load;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary>
/// <c>rondo lab watch</c>: a line per second of a process, by what Linux says of it, or of a service, by its metrics.
/// </summary>
internal static class WatchTool
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(5);

    /// <param name="target">The id of a process, or the URL of a service.</param>
    /// <param name="seconds">How long; null until Ctrl-C.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="error">Takes what went wrong.</param>
    public static async Task<int> RunAsync(string target, double? seconds, TextWriter output, TextWriter error)
    {
        using var interruption = new Interruption();
        try
        {
            var look = Look(target);
            await WatchAsync(look, seconds, output, interruption.Token);
            return LoadExit.Ok;
        }
        catch (OperationCanceledException) when (interruption.HasCome)
        {
            return LoadExit.Ok;
        }
        catch (ExperimentException e)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return e.ExitCode;
        }
    }

    private static async Task WatchAsync(
        Func<CancellationToken, Task<WatchedSecond>> look, double? seconds, TextWriter output, CancellationToken stop)
    {
        var (started, sign) = (Stopwatch.GetTimestamp(), new StarvationSign());
        var (before, at) = (await look(stop), Stopwatch.GetTimestamp());
        await output.WriteLineAsync(
            "    s  threads  pool queue    CPU  switches/s    memory  turns/s  > 100 ms  loops busy");
        while (seconds is null || Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            await Task.Delay(s_interval, TimeProvider.System, stop);
            var now = await look(stop);
            var passed = Stopwatch.GetElapsedTime(at).TotalSeconds;
            at = Stopwatch.GetTimestamp();
            var cpu = (now.CpuSeconds - before.CpuSeconds) / passed;
            var isStarving = sign.Notice(now.Threads - before.Threads ?? 0, cpu, now.Queued);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{Stopwatch.GetElapsedTime(started).TotalSeconds,5:0}  {now.Threads,7}  {Or(now.Queued),10}  ")
                    + $"{Share(cpu),5}  {Or(Rate(now.Switches - before.Switches)),10}  {Figure.Bytes(now.ResidentBytes),8}  "
                    + $"{Or(Rate(now.Turns - before.Turns)),7}  {Or(now.LongTurns - before.LongTurns),8}  "
                    + Share((now.TurnSeconds - before.TurnSeconds) / passed).PadLeft(10)
                    + (isStarving ? "  starving: threads grow while the processors idle; something blocks the pool" : ""));
            await output.FlushAsync(stop);
            before = now;

            double? Rate(long? count) => count / passed;
        }
    }

    private static Func<CancellationToken, Task<WatchedSecond>> Look(string target)
    {
        if (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return OperatingSystem.IsLinux()
                ? _ => Task.FromResult(OfProcess(id))
                : throw new ExperimentException("processes can be watched on Linux only", LoadExit.Usage);
        }

        if (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new ExperimentException(
                $"'{target}' is neither the id of a process nor a URL such as http://127.0.0.1:8080", LoadExit.Usage);
        }

        var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        return stop => OfServiceAsync(client, new Uri(url, "/metrics"), stop);
    }

    private static WatchedSecond OfProcess(int id)
    {
        var tree = ProcessTree.Of(id);
        return tree.Processes == 0
            ? throw new ExperimentException($"there is no process {id}, or it is another user's")
            : new WatchedSecond(
                tree.Threads,
                tree.CpuSeconds,
                tree.ResidentBytes,
                tree.VoluntarySwitches + tree.InvoluntarySwitches,
                null,
                null,
                null,
                null);
    }

    private static async Task<WatchedSecond> OfServiceAsync(
        HttpMessageInvoker client, Uri url, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_answerLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await client.SendAsync(request, limit.Token);
            return response.IsSuccessStatusCode
                && MetricsView.Parse(await response.Content.ReadAsStringAsync(limit.Token)) is { } second
                ? second
                : throw new ExperimentException($"{url} shows no metrics of .NET or of Rondo's loops");
        }
        catch (HttpRequestException e)
        {
            throw new ExperimentException($"{url}: {e.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new ExperimentException($"{url} has not answered within {s_answerLimit.TotalSeconds} s");
        }
    }

    private static string Share(double? share) =>
        share is { } value ? Figure.Text($"{value * 100:0} %") : Figure.None;

    private static string Or(double? value) => value is { } number ? Figure.Text($"{number:0}") : Figure.None;
}
