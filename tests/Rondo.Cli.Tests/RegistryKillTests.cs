using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Rondo.Cli.Tests;

/// <summary>The real program, killed in the middle of 200 registrations. Real time is its subject.</summary>
public sealed class RegistryKillTests : IDisposable
{
    private const int Registrations = 200;
    private const int KillAfter = 80;

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-registry-").FullName;
    private readonly string _address = $"http://127.0.0.1:{FreePort()}";

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task KilledInMidRegistration_EveryAnsweredInstanceIsThere()
    {
        var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", _address);
        var welcome = await rondo.ReadUntilAsync("/currency/status");
        var key = welcome.Split('\n').Single(l => l.Contains("admin key")).Split(": ")[1];
        var answered = new ConcurrentDictionary<string, string>();
        using var client = new HttpClient { BaseAddress = new Uri(_address), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registering = Parallel.ForAsync(
            0, Registrations, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            {
                try
                {
                    await RegisterAsync(client, $"p{i}", answered);
                }
                catch (HttpRequestException) when (answered.Count >= KillAfter)
                {
                    // Not answered: it may be there or not.
                }

                if (answered.Count >= KillAfter)
                {
                    killed.TrySetResult();
                }
            });
        await killed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        rondo.Signal("KILL");
        await rondo.ExitAsync();
        await rondo.DisposeAsync();
        await registering;
        var epoch = answered.Values.First().Split(' ')[1];

        await using var again = RondoProcess.Start(_data, "up", "--offline", "--urls", _address);
        await again.ReadUntilAsync("/currency/status");
        var service = await client.GetFromJsonAsync<JsonNode>(
            "/registry/services/printer", TestContext.Current.CancellationToken);
        var there = service!["instances"]!.AsArray().Select(i => i!["id"]!.GetValue<string>()).ToHashSet();

        Assert.InRange(answered.Count, KillAfter, Registrations);
        Assert.All(answered.Keys, id => Assert.Contains(id, there));
        foreach (var (id, grant) in answered.Take(20))
        {
            using var beat = new HttpRequestMessage(
                HttpMethod.Post, $"/registry/services/printer/instances/{id}/heartbeat");
            beat.Headers.TryAddWithoutValidation("Authorization", "Lease " + grant.Split(' ')[0]);
            using var alive = await client.SendAsync(beat, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
            Assert.Equal(epoch, alive.Headers.GetValues("X-Registry-Epoch").Single());
        }
    }

    private static async Task RegisterAsync(
        HttpClient client, string id, ConcurrentDictionary<string, string> answered)
    {
        using var response = await client.PutAsJsonAsync(
            $"/registry/services/printer/instances/{id}", new { url = "http://10.0.0.5:9100" });
        if (response.StatusCode is HttpStatusCode.Created)
        {
            var grant = await response.Content.ReadFromJsonAsync<JsonNode>();
            var epoch = response.Headers.GetValues("X-Registry-Epoch").Single();
            answered[id] = $"{grant!["lease_token"]!.GetValue<string>()} {epoch}";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
