using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>The real noise service, killed while a device publishes: nothing is lost, nothing counts twice.</summary>
public sealed partial class NoiseKillTests : IDisposable
{
    private const int Kills = 3;
    private const int FramesOfALife = 40;

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-noise-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task KilledWhileADevicePublishes_EveryFrameCountsOnce()
    {
        await using (var first = Start())
        {
            await first.ReadUntilAsync("/noise/rooms");
            first.Signal("TERM");
            await first.ExitAsync();
        }

        var (code, key, error) = await RondoProcess.RunAsync(
            _data, "key", "create", "admin", "--scope", "noise:write");
        Assert.True(code == 0, error);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Split('\n')[0]);

        // A whole second each, one after the other, so that the seconds tell how many counted; the first is of now, so
        // that the clock is beyond doubt.
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 480);
        var (next, acknowledged, token) = (1, 0L, "");
        for (var life = 0; life <= Kills; life++)
        {
            await using var server = Start();
            var address = Address().Match(await server.ReadUntilAsync("/noise/rooms")).Value;
            token = token.Length > 0 ? token : await EnrolAsync(address);
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (life == Kills)
            {
                var end = await PostAsync(address, start, 1, next - 1);
                Assert.Equal(next - 1, end);
                Assert.Equal(next - 1, await CountAsync(address));
                return;
            }

            // The second half is cut off in the middle: some of it is stored and not acknowledged.
            acknowledged = await PostAsync(address, start, (int)acknowledged + 1, next + FramesOfALife - 1);
            var cut = PostAsync(address, start, (int)acknowledged + 1, next + (2 * FramesOfALife) - 1);
            server.Signal("KILL");
            await server.ExitAsync();
            acknowledged = Math.Max(acknowledged, await OrNothingAsync(cut));
            next += 2 * FramesOfALife;
        }
    }

    private RondoProcess Start() =>
        RondoProcess.Start(_data, "serve", "noise", "--offline", "--urls", "http://127.0.0.1:0");

    private async Task<string> EnrolAsync(string address)
    {
        using var room = await _client.PutAsJsonAsync(
            address + "/noise/rooms/lobby", new { kind = "lobby" }, Cancelled);
        using var device = await _client.PostAsJsonAsync(
            address + "/noise/rooms/lobby/devices", new { device = "d1" }, Cancelled);
        var body = await device.Content.ReadAsStringAsync(Cancelled);
        Assert.True(room.IsSuccessStatusCode && device.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["token"]!.GetValue<string>();
    }

    /// <summary>
    /// Sends frames again from one on, as a device that does not know what was stored; what is durable.
    /// </summary>
    private async Task<long> PostAsync(string address, DateTimeOffset start, int first, int last)
    {
        var lines = Enumerable.Range(first, last - first + 1).Select(seq =>
        {
            var t0 = start.AddSeconds(seq == 1 ? 479 : seq).UtcDateTime
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            return $$"""
                {"v":1,"room":"lobby","device":"d1","seq":{{seq}},"t0":"{{t0}}","dur":1,"laeq":50,"lafmax":55}
                """;
        });
        var acknowledged = 0L;
        foreach (var some in lines.Take(first == 1 ? 1 : 0).Chunk(1).Concat(lines.Skip(first == 1 ? 1 : 0).Chunk(20)))
        {
            using var content = new StringContent(string.Join('\n', some), null, "application/x-ndjson");
            using var response = await _client.PostAsync(address + "/noise/rooms/lobby/samples", content, Cancelled);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!;
            Assert.Empty(answer["refused"]!.AsArray());
            acknowledged = answer["ack"]!.GetValue<long>();
        }

        return acknowledged;
    }

    private async Task<double> CountAsync(string address)
    {
        var levels = await _client.GetStringAsync(address + "/noise/rooms/lobby/levels?from=20m", Cancelled);
        return JsonNode.Parse(levels)!["buckets"]!.AsArray().Sum(b => b!["samples"]!.GetValue<int>());
    }

    private static async Task<long> OrNothingAsync(Task<long> cut)
    {
        try
        {
            return await cut;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
