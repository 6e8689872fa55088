using System.Collections.Concurrent;
using System.Text.Json;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Noise;

/// <summary>A phone on the measuring page of a room, and everything that it sends.</summary>
internal sealed class MeasuringDevice : IAsyncDisposable
{
    private readonly Visitor _visitor;
    private readonly ConcurrentQueue<string> _sent = new();

    private MeasuringDevice(Visitor visitor, string roomId)
    {
        (_visitor, RoomId) = (visitor, roomId);
        Page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) => _sent.Enqueue(frame.Text ?? "(binary)");
    }

    public Visitor Visitor => _visitor;

    public IPage Page => _visitor.Page;

    public string RoomId { get; }

    /// <summary>Hellos and frames, in their order.</summary>
    public IReadOnlyCollection<string> Sent => _sent;

    public ILocator Sign => Page.Locator("#sign");

    public ILocator Level => Page.Locator("#level");

    /// <summary>Makes a room and opens its page in a browser that has a token for it; measures if asked to.</summary>
    public static async Task<MeasuringDevice> EnterAsync(
        ListeningChromium chromium, RunningRondo rondo, string roomId, bool isStarted = true)
    {
        await rondo.OrderAsync(HttpMethod.Put, "/noise/rooms/" + roomId, new { name = "Lobby", kind = "lobby" });
        using var answer = JsonDocument.Parse(await rondo.OrderAsync(
            HttpMethod.Post, $"/noise/rooms/{roomId}/devices", new { device = "phone" }));
        var kept = JsonSerializer.Serialize(
            new { id = "phone", token = answer.RootElement.GetProperty("token").GetString(), name = "Ada's phone" });
        var visitor = await chromium.VisitAsync(rondo.Address);
        var device = new MeasuringDevice(visitor, roomId);
        await device.Page.AddInitScriptAsync(
            $"localStorage.setItem('rondo-noise/{roomId}', {JsonSerializer.Serialize(kept)})");
        await device.Page.GotoAsync("/noise/measure/" + roomId);
        if (isStarted)
        {
            await device.StartAsync();
        }

        return device;
    }

    /// <summary>Makes a room and opens its page as somebody does who has scanned its code.</summary>
    public static async Task<MeasuringDevice> ScanAsync(ListeningChromium chromium, RunningRondo rondo, string roomId)
    {
        await rondo.OrderAsync(HttpMethod.Put, "/noise/rooms/" + roomId, new { name = "Lobby", kind = "lobby" });
        using var ticket = JsonDocument.Parse(
            await rondo.OrderAsync(HttpMethod.Post, $"/noise/rooms/{roomId}/tickets", new { }));
        var device = new MeasuringDevice(await chromium.VisitAsync(rondo.Address), roomId);
        await device.Page.GotoAsync(ticket.RootElement.GetProperty("url").GetString()!);
        return device;
    }

    public async Task StartAsync()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Start measuring" }).ClickAsync();
        await Expect(Sign).ToHaveTextAsync("Measuring");
    }

    /// <summary>Waits until the server has confirmed so many seconds, of all that were sent.</summary>
    public async Task UntilSentAsync(int seconds)
    {
        await Page.WaitForFunctionAsync(
            "n => Number(document.getElementById('sent-count').textContent) >= n "
                + "&& Number(document.getElementById('waiting').textContent) <= 1",
            seconds);
    }

    public async Task<double> ShownLevelAsync() =>
        double.Parse(await Level.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _visitor.DisposeAsync();
}
