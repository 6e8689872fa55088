using System.Text.Json;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather.Http;

public sealed class WeatherStreamTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Stream_OfAPlace_TellsThePresentStateThenEachChangeAndStopsAskingWithTheLastWatcher()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(WeatherRig.Both(10.1m, 11.2m, 12.8m).Invoke);
        var time = new ManualTime(TestServer.Friday);
        await using var server = await WeatherServer.AskingAsync(upstream, time);
        var key = server.CreateAdminKey();
        using (var stream = await OpenAsync(server, key, "/weather/Munich/stream"))
        {
            var (id, first) = await stream.NextAsync();
            upstream.Answer(WeatherRig.Both(9.9m, 11.2m, 12.8m).Invoke);
            await AdvanceAsync(time, TestServer.Friday.AddMinutes(10));
            var (next, second) = await stream.NextAsync();

            Assert.EndsWith("-1", id, StringComparison.Ordinal);
            Assert.EndsWith("-2", next, StringComparison.Ordinal);
            Assert.Equal((10.1m, 9.9m), (TemperatureOf(first), TemperatureOf(second)));
        }

        var weather = server.Services.GetRequiredService<WeatherEvents>();
        await WeatherRig.UntilAsync(() => weather.Watched == 0);
    }

    [Fact]
    public async Task Stream_LastEventId_GetsWhatItMissed()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await WeatherServer.FixtureAsync(time);
        var key = server.CreateAdminKey();
        string first;
        using (var stream = await OpenAsync(server, key, "/weather/Munich/stream"))
        {
            (first, _) = await stream.NextAsync();
            await AdvanceAsync(time, WeatherRig.At("2026-11-20T23:00:00Z"));
            await stream.NextAsync();
        }

        using var again = await OpenAsync(server, key, "/weather/Munich/stream", first);
        var (id, data) = await again.NextAsync();

        Assert.EndsWith("-2", id, StringComparison.Ordinal);
        Assert.Contains("\"date\":\"2026-11-21\"", data);
    }

    [Fact]
    public async Task Stream_OfBareCoordinates_IsRefused()
    {
        using var folder = new TestFolder();
        await using var server = await WeatherServer.FileAsync("{}", folder);

        var (response, body) = await server.GetAsync("/weather/10,10/stream", "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("PUT /weather/places", body);
    }

    // The watch sets its timer a moment after the event has been sent, up to half a minute after what it waits for. The
    // clock stops there: the calls that begin then have deadlines.
    private static async Task AdvanceAsync(ManualTime time, DateTimeOffset to)
    {
        DateTimeOffset[] due = [];
        await WeatherRig.UntilAsync(() =>
            (due = [.. time.Due.Where(d => d >= to && d <= to.AddSeconds(30))]).Length > 0);
        time.AdvanceTo(due[^1]);
    }

    private static decimal TemperatureOf(string data)
    {
        using var json = JsonDocument.Parse(data);
        return json.RootElement.GetProperty("now").GetProperty("temperature").GetDecimal();
    }

    private static async Task<Events> OpenAsync(TestServer server, string key, string path, string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-API-Key", key);
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken).WaitAsync(Guard);
        return new Events(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private sealed class Events(HttpResponseMessage response, Stream stream) : IDisposable
    {
        private readonly StreamReader _reader = new(stream);

        public async Task<(string Id, string Data)> NextAsync()
        {
            var fields = new Dictionary<string, string>();
            while (await _reader.ReadLineAsync().WaitAsync(Guard) is { } line)
            {
                if (line.Split(": ", 2) is [var name, var value])
                {
                    fields[name] = value;
                }
                else if (fields.Remove("data", out var data))
                {
                    Assert.Equal("weather", fields["event"]);
                    return (fields["id"], data);
                }
            }

            throw new EndOfStreamException("The stream has ended.");
        }

        public void Dispose()
        {
            _reader.Dispose();
            response.Dispose();
        }
    }
}
