using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Benchmarks;

/// <summary>
/// Thirty rooms whose devices publish eight frames a second each, and a hundred viewers of all of them: how old a level
/// is when a viewer has it, how long an acknowledgement takes, what the server uses.
/// </summary>
internal static class NoiseBench
{
    private const int Port = 9761;
    private const int Rooms = 30;
    private const int FramesPerSecond = 8;
    private const int Viewers = 100;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(40);

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        var keyFile = Path.Combine(folder.Path, "admin.key");
        await using var server = await ServerProcess.StartRondoAsync(
            Port, Path.Combine(folder.Path, "data"), "--admin-key-file", keyFile);
        while (new FileInfo(keyFile) is not { Exists: true, Length: > 0 })
        {
            await Task.Delay(50);
        }

        var key = (await File.ReadAllLinesAsync(keyFile))[0];
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var end = new CancellationTokenSource();
        var (ages, acks, events) = (new ConcurrentQueue<double>(), new ConcurrentQueue<double>(), new int[Viewers]);
        var isMeasured = new bool[1];
        var idle = await UseAsync(server, WarmUp);
        var running = new List<Task>();
        for (var room = 0; room < Rooms; room++)
        {
            var (name, token) = ($"room-{room}", await EnrolAsync(server, $"room-{room}"));
            running.Add(PublishAsync(name, token, acks, isMeasured, end.Token));
        }

        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            var index = viewer;
            running.Add(ViewAsync(age => Tell(index, age), end.Token));
        }

        await Task.Delay(WarmUp);
        Volatile.Write(ref isMeasured[0], true);
        var (cpu, memory) = await UseAsync(server, Measured);
        Volatile.Write(ref isMeasured[0], false);
        await end.CancelAsync();
        await Task.WhenAll(running.Select(OverAsync));
        Console.WriteLine(
            $"\n{Rooms} rooms at {FramesPerSecond} frames/s, {Viewers} viewers, {Measured.TotalSeconds} s");
        Console.WriteLine("| | p50 | p95 | p99 | most |\n|---|---|---|---|---|");
        Print("age of a level when a viewer has it, s", ages);
        Print("frame to durable acknowledgement, ms", acks);
        Print("events a viewer got in a second", events.Select(e => e / Measured.TotalSeconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"frames acknowledged: {acks.Count / Measured.TotalSeconds:0} /s; processor: {100 * cpu:0.0} % of a core, "
                + $"idle before {100 * idle.Cpu:0.00} %; resident: {memory:0} MB, idle before {idle.Memory:0} MB"));

        void Tell(int viewer, double age)
        {
            if (Volatile.Read(ref isMeasured[0]))
            {
                if (!double.IsNaN(age))
                {
                    ages.Enqueue(age);
                    return;
                }

                events[viewer]++;
            }
        }
    }

    private static async Task<(double Cpu, double Memory)> UseAsync(ServerProcess server, TimeSpan time)
    {
        var (before, start) = (server.CpuSeconds, TimeProvider.System.GetTimestamp());
        await Task.Delay(time);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return ((server.CpuSeconds - before) / seconds, server.ResidentMegabytes);
    }

    private static async Task<string> EnrolAsync(ServerProcess server, string room)
    {
        await server.Client.PutAsJsonAsync($"/noise/rooms/{room}", new { kind = "office" });
        using var made = await server.Client.PostAsJsonAsync($"/noise/rooms/{room}/devices", new { device = "d" });
        return JsonNode.Parse(await made.Content.ReadAsStringAsync())!["token"]!.GetValue<string>();
    }

    private static async Task PublishAsync(
        string room, string token, ConcurrentQueue<double> acks, bool[] isMeasured, CancellationToken end)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Port}/noise/publish"), end);
        await SendAsync(
            $$$"""{"v":1,"hello":{"room":"{{{room}}}","device":"d","token":"{{{token}}}","now":"{{{Now(0)}}}"}}""");
        var sent = new ConcurrentDictionary<long, long>();
        var reading = ReadAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
        for (var seq = 1L; await timer.WaitForNextTickAsync(end); seq++)
        {
            sent[seq] = TimeProvider.System.GetTimestamp();
            await SendAsync($$"""
                {"v":1,"room":"{{room}}","device":"d","seq":{{seq}},"t0":"{{Now(0.125)}}","dur":0.125,
                "laeq":{{50 + (seq % 20)}},"lafmax":75}
                """);
        }

        await reading;

        ValueTask SendAsync(string text) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, end);

        async Task ReadAsync()
        {
            var (buffer, acknowledged) = (new byte[1024], 0L);
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), end);
                var ack = JsonNode.Parse(buffer.AsSpan(0, part.Count))!["ack"]?.GetValue<long>() ?? 0;
                while (acknowledged < ack)
                {
                    sent.TryRemove(++acknowledged, out var at);
                    if (Volatile.Read(ref isMeasured[0]))
                    {
                        acks.Enqueue(TimeProvider.System.GetElapsedTime(at).TotalMilliseconds);
                    }
                }
            }
        }
    }

    // The age of each room's level when it is here; not a number for the event itself.
    private static async Task ViewAsync(Action<double> tell, CancellationToken end)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await using var stream = await client.GetStreamAsync($"http://127.0.0.1:{Port}/noise/stream", end);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(end) is { } line)
        {
            if (!line.StartsWith("data: {\"at\"", StringComparison.Ordinal))
            {
                continue;
            }

            tell(double.NaN);
            var levels = JsonNode.Parse(line[6..])!;
            var since = DateTimeOffset.UtcNow - levels["at"]!.GetValue<DateTimeOffset>();
            foreach (var room in levels["rooms"]!.AsArray().Where(r => r!["laeq"] is not null))
            {
                tell(room!["age"]!.GetValue<double>() + since.TotalSeconds);
            }
        }
    }

    private static void Print(string what, IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var all = string.Join(" | ", new[] { 0.5, 0.95, 0.99, 1 }.Select(p =>
            sorted[Math.Clamp((int)Math.Ceiling(p * sorted.Count) - 1, 0, sorted.Count - 1)]
                .ToString("0.00", CultureInfo.InvariantCulture)));
        Console.WriteLine($"| {what} | {all} |");
    }

    private static async Task OverAsync(Task running)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    private static string Now(double secondsAgo) =>
        DateTime.UtcNow.AddSeconds(-secondsAgo).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
