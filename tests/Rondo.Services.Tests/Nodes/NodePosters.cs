using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rondo.Services.Tests.Nodes;

/// <summary>
/// Who posts numbered messages by way of nodes, each again until it is acknowledged, and holds the room against what
/// was.
/// </summary>
internal sealed class NodePosters : IAsyncDisposable
{
    private const string Messages = "/chat/rooms/lobby/messages";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, long> _acknowledged = new();
    private readonly CancellationTokenSource _enough = new();
    private readonly IReadOnlyList<NodeChild> _nodes;
    private readonly Func<string> _said;
    private readonly Task _running;

    public NodePosters(IReadOnlyList<NodeChild> nodes, int count, Func<string> said)
    {
        (_nodes, _said) = (nodes, said);
        _running = Task.WhenAll(Enumerable.Range(0, count).Select(PostAllAsync));
    }

    /// <summary>Answers that were none of a post.</summary>
    public ConcurrentQueue<string> Lost { get; } = new();

    public async Task UntilMoreAsync(int count)
    {
        var (target, began) = (_acknowledged.Count + count, Stopwatch.GetTimestamp());
        while (_acknowledged.Count < target)
        {
            Assert.False(_running.IsFaulted, _running.Exception?.ToString());
            Assert.True(
                Stopwatch.GetElapsedTime(began) < Guard,
                $"No post is acknowledged: {string.Join(", ", Lost.TakeLast(10))}\n{_said()}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends, and looks whether each acknowledged message is there once, at its number.</summary>
    public async Task CheckAsync()
    {
        await _enough.CancelAsync();
        await _running.WaitAsync(Guard);
        var kept = new List<(long Seq, string Text)>();
        while (true)
        {
            var after = kept.Count == 0 ? 0 : kept[^1].Seq;
            using var page = JsonDocument.Parse(await _nodes[0].Client.GetStringAsync(
                new Uri($"{Messages}?after={after}&limit=500", UriKind.Relative)));
            var read = page.RootElement.GetProperty("messages").EnumerateArray()
                .Select(m => (m.GetProperty("seq").GetInt64(), m.GetProperty("text").GetString()!)).ToList();
            if (read.Count == 0)
            {
                break;
            }

            kept.AddRange(read);
        }

        var places = kept.ToLookup(m => m.Text, m => m.Seq);
        Assert.All(kept, m => Assert.Single(places[m.Text]));
        Assert.All(_acknowledged, a => Assert.Equal([a.Value], places[a.Key]));
        Assert.Equal(kept.Select(m => m.Seq).Order(), kept.Select(m => m.Seq));
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await ((Task)_running.WaitAsync(Guard)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _enough.Dispose();
    }

    private async Task PostAllAsync(int poster)
    {
        for (var i = 0; !_enough.IsCancellationRequested; i++)
        {
            var (text, secret) = ($"{poster}.{i}", $"{poster:x32}");
            while (!await TryPostAsync(_nodes[(poster + i) % _nodes.Count], text, secret))
            {
                if (_enough.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(50);
            }

            await Task.Delay(5);
        }
    }

    private async Task<bool> TryPostAsync(NodeChild node, string text, string secret)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Messages, UriKind.Relative));
            request.Headers.Add("Cookie", "rondo_guest=" + secret);
            request.Content = new StringContent(
                new JsonObject { ["client_id"] = text, ["text"] = text }.ToJsonString(), null, "application/json");
            using var answer = await node.Client.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK)
            {
                _acknowledged[text] = JsonNode.Parse(body)!["seq"]!.GetValue<long>();
                return true;
            }

            Lost.Enqueue($"{(int)answer.StatusCode} {body}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            Lost.Enqueue($"{error.Message} {error.InnerException?.Message}");
        }

        return false;
    }
}
