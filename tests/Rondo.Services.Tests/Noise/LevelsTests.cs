using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Rondo.Services.Noise;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise;

public sealed class LevelsTests
{
    private const string Path = "/noise/rooms/lobby/levels";

    [Fact]
    public async Task Levels_OfHoursOverARestart_AreThoseOfTheirMinutes()
    {
        using var folder = new TestFolder();
        var time = new ManualTime(NoiseRig.Start);
        string token, before;
        await using (var rig = await NoiseRig.StartAsync(folder, time))
        {
            token = rig.Token;
            for (var minute = 0; minute < 50; minute++)
            {
                await rig.MeasureAsync(minute < 44 ? 40 : 70, seconds: 60);
                await KeepAsync(rig.Server);
            }

            await rig.PassAsync(TimeSpan.FromMinutes(10));
            before = (await rig.GetAsync(Path + "?from=2026-11-20T09:00:00Z&to=2026-11-20T10:00:00Z")).ToJsonString();

            // What the clock has begun to store may take a moment.
            await UntilAsync(async () => await OpenMinutesAsync(rig.Server) is >= 1 and <= 20);
        }

        await using (var rig = await NoiseRig.StartAsync(folder, time, token, seq: 50))
        {
            var after = await rig.GetAsync(Path + "?from=2026-11-20T09:00:00Z&to=2026-11-20T10:00:00Z");
            Assert.Equal(before, after.ToJsonString());
            var buckets = after["buckets"]!.AsArray();
            Assert.Equal(60, buckets.Count);
            Assert.Equal("40 100 60", Text(buckets[0]!));
            Assert.Equal("70 100 60", Text(buckets[49]!));
            Assert.Equal(" 0 0", Text(buckets[50]!));

            var hour = (await rig.GetAsync(Path + "?from=2026-11-20T09:00:00Z&to=2026-11-20T10:00:00Z&step=1h"))
                ["buckets"]![0]!;
            Assert.Equal("60.8 83.3 3000", Text(hour));
            Assert.Equal(
                ("70", "40", "40"), (hour["l10"]!.ToString(), hour["l50"]!.ToString(), hour["l90"]!.ToString()));

            // The device goes on where it was.
            await rig.MeasureAsync(50);
            var (_, csv) = await rig.Server.GetAsync(
                Path + "?from=2026-11-20T09:49:00Z&to=2026-11-20T09:51:00Z", "Accept: text/csv");
            Assert.Equal(
                "time,leq,lmax,l10,l50,l90,coverage,samples,devices,quality\n"
                    + "2026-11-20T09:49:00.000Z,70.0,75.0,70.0,70.0,70.0,100,60,1,uncalibrated\n"
                    + "2026-11-20T09:50:00.000Z,,,,,,0,0,0,\n",
                csv);
        }
    }

    [Fact]
    public async Task Levels_TwoDevicesAndAGap_AreTheEnergyMeanOfWhatIsKnown()
    {
        await using var rig = await NoiseRig.StartAsync();
        var other = await NoiseClient.EnrolAsync(rig.Server, rig.Admin, device: "d2");
        await rig.MeasureAsync(60, 30);
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        var frame = NoiseClient.Frame(1, NoiseRig.Start, 80, seconds: 30, device: "d2");
        await PublishTests.PostAsync(rig.Server, other, frame.ToJsonString(), "application/json");
        await rig.PassAsync(TimeSpan.FromSeconds(29));

        var minute = (await rig.GetAsync(Path + "?from=2026-11-20T09:00:00Z"))["buckets"]![0]!;

        Assert.Equal("77 50 30", Text(minute));
        Assert.Equal("2", minute["devices"]!.ToString());
        var (_, metrics) = await rig.Server.GetAsync("/metrics");
        Assert.Contains("rondo_noise_leq_1m", metrics, StringComparison.Ordinal);
        Assert.Contains("rondo_noise_frames_total 2", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clock_TenMinutesBehind_IsMeasuredStoredAndTakenIntoAccount()
    {
        await using var rig = await NoiseRig.StartAsync();
        var frame = NoiseClient.Frame(1, rig.Time.GetUtcNow().AddMinutes(-10).AddSeconds(-1), 60);

        await PublishTests.PostAsync(rig.Server, rig.Token, frame.ToJsonString(), "application/json");

        var (_, devices) = await rig.AdminAsync("GET", "/noise/rooms/lobby/devices");
        Assert.Equal("600", JsonNode.Parse(devices)!["devices"]![0]!["clock_offset"]!.ToString());
        await rig.PassAsync(TimeSpan.FromSeconds(1));
        var room = await rig.GetAsync("/noise/rooms/lobby");
        Assert.Equal(("60", "1"), (room["laeq"]!.ToString(), room["age"]!.ToString()));
    }

    [Fact]
    public async Task Alarm_LoudThenQuiet_IsToldInTheStreamToTheWebhookAndInTheChat()
    {
        await using var hooked = await FakeUpstream.StartAsync();
        var bodies = new ConcurrentQueue<string>();
        hooked.Answer(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Enqueue(await reader.ReadToEndAsync(context.RequestAborted));
        });
        await using var rig = await NoiseRig.StartAsync(
            settings: """{"Noise":{"PrivateWebhooks":true,"FramesPerSecond":50}}""");
        var (made, text) = await rig.AdminAsync("PUT", "/noise/webhooks/pager", new { url = hooked.Address });
        Assert.True(made.IsSuccessStatusCode, text);
        for (var second = 0; second < 15; second++)
        {
            await rig.MeasureAsync(75);
        }

        await UntilAsync(async () => (await AlarmsAsync(rig)).Count == 1);
        Assert.Equal("loud", (await rig.GetAsync("/noise/rooms/lobby")).Text("state"));
        for (var second = 0; second < 15; second++)
        {
            await rig.MeasureAsync(50);
        }

        await UntilAsync(async () => (await AlarmsAsync(rig)).Count == 2);

        Assert.Equal(["loud Class 4b 75", "quiet Class 4b 50"], await AlarmsAsync(rig));
        Assert.Equal("goal", (await rig.GetAsync("/noise/rooms/lobby")).Text("state"));
        await UntilAsync(() => Task.FromResult(!bodies.IsEmpty));
        Assert.Contains("\"state\":\"loud\"", bodies.First(), StringComparison.Ordinal);
        await UntilAsync(async () =>
        {
            var chat = (await rig.GetAsync("/chat/rooms/lobby/messages")).ToJsonString();
            return chat.Contains("Class 4b is too loud: 75 dB(A), the limit is 65 dB(A).", StringComparison.Ordinal)
                && chat.Contains("Class 4b is quiet again.", StringComparison.Ordinal);
        });
    }

    private static async Task<List<string>> AlarmsAsync(NoiseRig rig) =>
        [.. (await rig.GetAsync("/noise/alarms"))["events"]!.AsArray()
            .Select(e => $"{e!["data"]!["state"]} {e["data"]!["name"]} {e["data"]!["laeq"]}")];

    // What one service tells another comes by itself, soon.
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task KeepAsync(TestServer server) => server.Services.GetRequiredService<NoiseLoop>()
        .AskAsync(async () =>
        {
            await server.Services.GetRequiredService<NoiseMonitor>().KeepAsync();
            return true;
        });

    private static Task<int> OpenMinutesAsync(TestServer server) => server.Services.GetRequiredService<NoiseLoop>()
        .AskAsync(() => server.Services.GetRequiredService<NoiseMonitor>().Find("lobby")!.OpenMinutes().Count);

    private static string Text(JsonNode bucket) => $"{bucket["leq"]} {bucket["coverage"]} {bucket["samples"]}";
}
