using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Noise;

/// <summary>
/// The measuring page with a microphone that plays a known sound. About real time: a second of sound takes a second.
/// </summary>
public sealed partial class MeasureTests(RunningRondo shared)
{
    private const double Known = 94;

    private static readonly string[] Members =
        ["v", "room", "device", "seq", "t0", "dur", "laeq", "lafmax", "lcpeak", "flags", "fs"];

    private static readonly string[] HelloMembers = ["room", "device", "token", "now"];

    [Fact]
    public async Task Page_SoundOfAKnownLevel_ShowsAndPublishesIt()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.EnterAsync(chromium, shared, "known");
        await device.UntilSentAsync(3);

        Assert.InRange(await device.ShownLevelAsync(), Known - 1, Known + 1);
        using var client = new HttpClient { BaseAddress = shared.Address };
        using var room = JsonDocument.Parse(await client.GetStringAsync(
            "/noise/rooms/known", TestContext.Current.CancellationToken));
        Assert.InRange(room.RootElement.GetProperty("laeq").GetDouble(), Known - 1, Known + 1);
        await Expect(device.Page.Locator("#quality")).ToContainTextAsync("uncalibrated, ±10 dB");

        // Frames may have been sent since the last one that is shown.
        Assert.Contains(await device.Page.Locator("#sent").InnerTextAsync(), device.Sent);
        await device.Visitor.AssertLooksAsync("measure");
        await device.Page.SetViewportSizeAsync(1024, 768);
        await device.Visitor.PictureAsync("measure-1024");
        AssertOnlyLevels(device);

        var board = await device.Page.Context.NewPageAsync();
        await board.GotoAsync("/");
        await Expect(board.Locator("[data-piece='room/known/now'] .level")).ToContainTextAsync(OfTheKnownLevel());
        device.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Ticket_InTheAddress_IsTakenOutAndUsedOnce()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.ScanAsync(chromium, shared, "ticket");

        Assert.EndsWith("/noise/measure/ticket", device.Page.Url, StringComparison.Ordinal);
        await device.Visitor.AssertLooksAsync("measure-before");
        await device.Page.GetByLabel("Name of this device").FillAsync("Ada's phone");
        await device.Page.ReloadAsync();
        await device.Page.GetByLabel("Name of this device").FillAsync("Ada's phone");
        await device.StartAsync();
        await device.UntilSentAsync(1);

        // A new visit knows the device, and goes on with its sequence.
        await device.Page.ReloadAsync();
        await Expect(device.Page.Locator("#known")).ToContainTextAsync("Ada's phone");
        await device.StartAsync();
        await device.UntilSentAsync(1);
        var sequences = Sequences(device);
        Assert.Equal(sequences.Distinct(), sequences);
        Assert.Equal(sequences.Order(), sequences);
        device.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Calibrate_MeterBesideTheDevice_ShowsWhatItShows()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.EnterAsync(chromium, shared, "calibrated");
        await device.UntilSentAsync(3);

        await device.Page.GetByLabel("Level on the meter, dB(A)").FillAsync("71.5");
        await device.Page.GetByRole(AriaRole.Button, new() { Name = "Calibrate" }).ClickAsync();

        await Expect(device.Page.Locator("#calibrated")).ToHaveTextAsync("Calibrated.");
        await Expect(device.Page.Locator("#quality")).Not.ToContainTextAsync("uncalibrated");
        Assert.InRange(await device.ShownLevelAsync(), 70.5, 72.5);
        device.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Server_KilledWhileMeasuring_EverySecondArrives()
    {
        await using var rondo = await RunningRondo.StartOwnAsync();
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.EnterAsync(chromium, rondo, "killed");
        await device.UntilSentAsync(3);

        await rondo.KillAsync();
        await Expect(device.Sign).ToHaveTextAsync("Measuring, no connection: levels wait here");
        await Expect(device.Page.Locator("#waiting")).ToHaveTextAsync("4");
        await rondo.StartAsync();
        await Expect(device.Sign).ToHaveTextAsync("Measuring");
        await device.UntilSentAsync(9);
        await device.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        var sequences = Sequences(device).Distinct().ToList();
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(i => (long)i), sequences);
        AssertSideBySide(device);
        Assert.InRange(await StoredSecondsAsync(rondo, "killed"), sequences.Count - 1, sequences.Count + 1);
        Assert.All(device.Visitor.TakeComplaints(), c => Assert.Contains("ERR_", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Socket_Cut_ResumesWithWhatWasMissed()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.EnterAsync(chromium, shared, "cut", isStarted: false);
        var sockets = new List<IWebSocketRoute>();
        await device.Page.RouteWebSocketAsync("**/noise/publish", socket =>
        {
            sockets.Add(socket);
            socket.ConnectToServer();
        });
        await device.StartAsync();
        await device.UntilSentAsync(2);

        await sockets[0].CloseAsync(new() { Code = 1012 });
        await device.UntilSentAsync(5);

        Assert.True(sockets.Count >= 2);
        device.Visitor.AssertQuiet();
    }

    /// <summary>As when a headset is pulled out.</summary>
    [Fact]
    public async Task Microphone_Gone_IsAskedForAgain()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await using var device = await MeasuringDevice.EnterAsync(chromium, shared, "unplugged", isStarted: false);
        await device.Page.EvaluateAsync(
            """
            () => {
              const devices = navigator.mediaDevices;
              const ask = devices.getUserMedia.bind(devices);
              window.streams = [];
              devices.getUserMedia = async wish => {
                const stream = await ask(wish);
                window.streams.push(stream);
                return stream;
              };
            }
            """);
        await device.StartAsync();
        await device.UntilSentAsync(2);

        await device.Page.EvaluateAsync("() => window.streams[0].getTracks().forEach(track => track.stop())");
        await device.Page.WaitForFunctionAsync("() => window.streams.length >= 2");

        await Expect(device.Sign).ToHaveTextAsync("Measuring");
        var before = device.Sent.Count;
        await device.UntilSentAsync(before + 2);
        Assert.InRange(await device.ShownLevelAsync(), Known - 1, Known + 1);
        device.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Microphone_NothingButZeros_IsMutedAndNotQuiet()
    {
        await using var chromium = await ListeningChromium.StartAsync(isSilent: true);
        await using var device = await MeasuringDevice.EnterAsync(chromium, shared, "silent");
        await device.UntilSentAsync(4);

        await Expect(device.Page.Locator("#quality")).ToContainTextAsync("hears nothing at all");
        Assert.Contains("\"laeq\":null", await device.Page.Locator("#sent").InnerTextAsync(), StringComparison.Ordinal);
        await device.Visitor.PictureAsync("measure-muted");
        AssertOnlyLevels(device);
    }

    [Fact]
    public async Task Address_NotSecure_SaysWhatToDo()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await shared.OrderAsync(HttpMethod.Put, "/noise/rooms/insecure", new { kind = "lobby" });
        var elsewhere = new UriBuilder(shared.Address) { Host = "rondo.test" }.Uri;
        await using var visitor = await chromium.VisitAsync(elsewhere);

        await visitor.Page.GotoAsync("/noise/measure/insecure#ticket=nt_none");

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("rondo up --tls");
        await Expect(visitor.Page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await visitor.AssertLooksAsync("measure-insecure");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Device_NotKnown_IsToldInItsLanguage()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await shared.OrderAsync(HttpMethod.Put, "/noise/rooms/stranger", new { kind = "lobby" });
        await using var visitor = await chromium.VisitAsync(shared.Address);
        await visitor.Page.GotoAsync("/noise/measure/stranger");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Deutsch" }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Den Code auf der Tafel scannen");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Page_ScriptsOff_SaysWhatIsNeeded()
    {
        await using var chromium = await ListeningChromium.StartAsync();
        await shared.OrderAsync(HttpMethod.Put, "/noise/rooms/plain", new { kind = "lobby" });
        await using var visitor = await chromium.VisitAsync(shared.Address, new VisitorOptions { HasScripts = false });
        await visitor.Page.GotoAsync("/noise/measure/plain");

        await Expect(visitor.Page.Locator("noscript p")).ToBeVisibleAsync();
        await visitor.PictureAsync("measure-no-scripts");
        var missing = await visitor.Page.GotoAsync("/noise/measure/nowhere");
        Assert.Equal(404, missing!.Status);
    }

    // Hellos and frames, short, with the members that they have and no others; numbers and short words alone.
    private static void AssertOnlyLevels(MeasuringDevice device)
    {
        Assert.NotEmpty(device.Sent);
        foreach (var text in device.Sent)
        {
            Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 300);
            using var frame = JsonDocument.Parse(text);
            var isHello = frame.RootElement.TryGetProperty("hello", out var hello);
            var (expected, actual) = isHello ? (HelloMembers, hello) : (Members, frame.RootElement);
            Assert.Equal(expected, actual.EnumerateObject().Select(m => m.Name));
        }
    }

    private static List<long> Sequences(MeasuringDevice device) =>
    [
        .. device.Sent.Select(text => JsonDocument.Parse(text).RootElement)
            .Where(frame => frame.TryGetProperty("seq", out _))
            .Select(frame => frame.GetProperty("seq").GetInt64()),
    ];

    // Where one second ends, the next begins, give or take what the clocks drift.
    private static void AssertSideBySide(MeasuringDevice device)
    {
        var starts = device.Sent.Select(text => JsonDocument.Parse(text).RootElement)
            .Where(frame => frame.TryGetProperty("seq", out _))
            .GroupBy(frame => frame.GetProperty("seq").GetInt64())
            .Select(same => same.First().GetProperty("t0").GetDateTimeOffset()).ToList();
        Assert.All(
            starts.Zip(starts.Skip(1)),
            pair => Assert.Equal(1000, (pair.Second - pair.First).TotalMilliseconds, 2.5));
    }

    // How many seconds the server knows of, each once; one more where a second of the device reaches into two of the
    // clock.
    private static async Task<int> StoredSecondsAsync(RunningRondo rondo, string roomId)
    {
        using var client = new HttpClient { BaseAddress = rondo.Address };
        using var levels = JsonDocument.Parse(await client.GetStringAsync(
            $"/noise/rooms/{roomId}/levels", TestContext.Current.CancellationToken));
        return levels.RootElement.GetProperty("buckets").EnumerateArray().Sum(b => b.GetProperty("samples").GetInt32());
    }

    [GeneratedRegex("^\\s*9[345]\\b")]
    private static partial Regex OfTheKnownLevel();
}
