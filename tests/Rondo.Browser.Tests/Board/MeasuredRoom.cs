using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Browser.Tests.Support;

namespace Rondo.Browser.Tests.Board;

/// <summary>A room with one device, which measures what a test says.</summary>
internal sealed class MeasuredRoom
{
    private readonly RunningRondo _rondo;
    private readonly string _id;
    private string _token = "";
    private long _seq;

    private MeasuredRoom(RunningRondo rondo, string id) => (_rondo, _id) = (rondo, id);

    public static async Task<MeasuredRoom> MakeAsync(RunningRondo rondo, string id, string name, int goal, int loud)
    {
        var room = new MeasuredRoom(rondo, id);
        await rondo.OrderAsync(HttpMethod.Put, $"/noise/rooms/{id}", new { name, kind = "lobby", goal, loud, hold = "1s" });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(rondo.Address, $"/noise/rooms/{id}/devices"))
        {
            Content = JsonContent.Create(new { device = "d1", name = "By the door" }),
            Headers = { { "X-API-Key", rondo.AdminKey } },
        };
        var answer = await client.SendAsync(request);
        room._token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!.GetValue<string>();
        return room;
    }

    /// <summary>The second that has just passed.</summary>
    public async Task MeasureAsync(double level)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_rondo.Address, $"/noise/rooms/{_id}/samples"))
        {
            Content = JsonContent.Create(new
            {
                v = 1,
                room = _id,
                device = "d1",
                seq = ++_seq,
                t0 = DateTimeOffset.UtcNow.AddSeconds(-1).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null),
                dur = 1.0,
                laeq = level,
                lafmax = level + 6,
                flags = new[] { "uncalibrated" },
                fs = 48000,
            }),
            Headers = { { "Authorization", "Bearer " + _token } },
        };
        var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
