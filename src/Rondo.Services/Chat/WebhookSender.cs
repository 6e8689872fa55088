using System.Globalization;
using System.Net.Http.Headers;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>
/// Tells the webhooks what happens, each at its own pace and from where it was, signed; who does not answer well is
/// tried again with growing pauses. At least once: a receiver goes by the numbers of the events.
/// </summary>
internal sealed class WebhookSender(
    HookStore hooks,
    IEventStore store,
    OutboundHttp http,
    LiveOptions<ChatOptions> options,
    TimeProvider time,
    ILogger<WebhookSender> logger) : BackgroundService
{
    private const int EventsAtOnce = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _changed = new(1);

    public override void Dispose()
    {
        hooks.Changed -= Wake;
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        hooks.Changed += Wake;
        var running = new Dictionary<(string Secret, string Url), (CancellationTokenSource Stop, Task Task)>();
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                var wanted = hooks.Outgoing.ToDictionary(h => (h.Secret, h.Url));
                foreach (var gone in running.Keys.Where(k => !wanted.ContainsKey(k)).ToList())
                {
                    await running[gone].Stop.CancelAsync();
                    running.Remove(gone);
                }

                foreach (var (key, hook) in wanted.Where(w => !running.ContainsKey(w.Key)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    running.Add(key, (stop, SendAllAsync(hook, stop.Token)));
                }
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(r => r.Task));
        }
    }

    private void Wake() => _changed.Release();

    private async Task SendAllAsync(OutgoingHook hook, CancellationToken cancellation)
    {
        var stream = Room.StreamOf(hook.Room);
        StreamCursor? after = StreamCursor.TryParse(hook.Cursor, out var kept) ? kept : null;
        var pause = FirstPause;
        try
        {
            while (true)
            {
                try
                {
                    after = await SendSomeAsync(hook, stream, after, cancellation);
                    pause = FirstPause;
                }
                catch (Exception error) when (error is HttpRequestException or TimeoutException or EventStoreException
                    or DatabaseException)
                {
                    ChatLog.DeliveryFailed(logger, hook.Name, hook.Room, error.Message, pause);
                    await Task.Delay(pause, time, cancellation);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Taken away, or Rondo stops; it goes on from its cursor.
        }
    }

    private async Task<StreamCursor> SendSomeAsync(
        OutgoingHook hook, string stream, StreamCursor? after, CancellationToken cancellation)
    {
        var page = await store.ReadAsync(stream, after, EventsAtOnce, cancellation);
        if (page.IsReset)
        {
            // What is gone cannot be told: it goes on with what is kept.
            return new StreamCursor(page.Head.Epoch, page.Head.First - 1);
        }

        if (page.Events.Count == 0)
        {
            var here = after ?? new StreamCursor(page.Head.Epoch, page.Head.Last);
            await foreach (var item in store.WatchAsync([new WatchedStream(stream, here)], cancellation: cancellation))
            {
                if (item.Kind is not StreamItemKind.Live)
                {
                    break;
                }
            }

            return here;
        }

        var next = new StreamCursor(page.Head.Epoch, page.Events[^1].Seq);
        await SendAsync(hook, next, Body(hook.Room, next, page.Events), cancellation);
        hooks.Move(hook, next.ToString());
        return next;
    }

    private async Task SendAsync(OutgoingHook hook, StreamCursor next, byte[] body, CancellationToken cancellation)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType.Json);
        request.Headers.Add("X-Rondo-Delivery", next.ToString());
        request.Headers.Add("X-Rondo-Signature", $"t={seconds},v1={HookSignature.Of(hook.Secret, seconds, body)}");
        await http.PostAsync(request, options.Current.PrivateWebhooks, Deadline, cancellation);
    }

    private static byte[] Body(string room, StreamCursor next, IReadOnlyList<StreamEvent> events) =>
        ChatJson.Object(json =>
        {
            json.WriteString("room", room);
            json.WriteString("next", next.ToString());
            json.WriteStartArray("events");
            foreach (var told in events)
            {
                json.WriteRawValue(ChatJson.Event(room, told), skipInputValidation: true);
            }

            json.WriteEndArray();
        });
}
