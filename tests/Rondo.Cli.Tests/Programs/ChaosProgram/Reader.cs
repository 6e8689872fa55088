using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace ChaosProgram;

/// <summary>Who only reads, by server-sent events or by long poll.</summary>
internal sealed class Reader(ChaosScene scene, bool isPolling, Random random)
    : ChaosClient(scene, isPolling ? "the poller" : "the listener", random)
{
    private const string Wait = "2s";

    private string _cursor = "0";

    protected override Task ConverseAsync(long since, CancellationToken cancellation) =>
        isPolling ? PollAsync(cancellation) : ListenAsync(since, cancellation);

    private async Task PollAsync(CancellationToken cancellation)
    {
        while (!IsDone)
        {
            var since = Stopwatch.GetTimestamp();
            using var answer = await Scene.Http.GetAsync(
                $"{ChaosScene.Room}/events?after={_cursor}&limit={Random.Next(1, 100)}&wait={Wait}", cancellation);
            if (answer.StatusCode is HttpStatusCode.Gone)
            {
                Log.Reset();
            }

            answer.EnsureSuccessStatusCode();
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(cancellation));
            foreach (var shown in page.RootElement.GetProperty("events").EnumerateArray())
            {
                Log.See(SeenEvent.Of(shown), since);
            }

            _cursor = page.RootElement.GetProperty("next").GetString()!;
        }
    }

    private async Task ListenAsync(long since, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ChaosScene.Room}/events?after=0");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_cursor != "0")
        {
            request.Headers.Add("Last-Event-ID", _cursor);
        }

        using var answer = await Scene.Http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        var (id, type) = ("", "");

        while (!IsDone)
        {
            var line = await lines.ReadLineAsync(cancellation) ?? throw new IOException("The events ended.");
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                type = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                See(type, line[6..], since);
                _cursor = id;
            }
        }
    }

    private void See(string type, string data, long since)
    {
        if (type == "reset")
        {
            Log.Reset();
            return;
        }

        using var shown = JsonDocument.Parse(data);
        Log.See(SeenEvent.Of(shown.RootElement), since);
    }
}
