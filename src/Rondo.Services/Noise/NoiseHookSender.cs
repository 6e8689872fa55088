using System.Globalization;
using System.Net.Http.Headers;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>
/// Tells the webhooks of alarms, each at its own pace and from where it was, signed as those of the chat are; who does
/// not answer well is tried again with growing pauses. At least once: a receiver goes by the numbers.
/// </summary>
internal sealed class NoiseHookSender(
    NoiseHookStore hooks,
    IEventStore store,
    OutboundHttp http,
    LiveOptions<NoiseOptions> options,
    TimeProvider time,
    ILogger<NoiseHookSender> logger) : BackgroundService
{
    private const int EventsAtOnce = 50;

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
        var running = new Dictionary<string, (CancellationTokenSource Stop, Task Sending)>();
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);

                // Each change of a hook gives it another secret.
                var wanted = hooks.All.ToDictionary(h => h.Secret);
                foreach (var gone in running.Keys.Except(wanted.Keys).ToList())
                {
                    await running[gone].Stop.CancelAsync();
                    running.Remove(gone);
                }

                foreach (var (secret, hook) in wanted.Where(w => !running.ContainsKey(w.Key)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    running.Add(secret, (stop, SendAllAsync(hook, stop.Token)));
                }
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(r => r.Sending));
        }
    }

    private void Wake() => _changed.Release();

    private async Task SendAllAsync(NoiseHook hook, CancellationToken cancellation)
    {
        StreamCursor? after = StreamCursor.TryParse(hook.Cursor, out var kept) ? kept : null;
        var pause = FirstPause;
        try
        {
            while (true)
            {
                try
                {
                    after = await SendSomeAsync(hook, after, cancellation);
                    pause = FirstPause;
                }
                catch (Exception error) when (error is HttpRequestException or TimeoutException or EventStoreException
                    or DatabaseException)
                {
                    NoiseLog.DeliveryFailed(logger, hook.Name, error.Message, pause);
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
        NoiseHook hook, StreamCursor? after, CancellationToken cancellation)
    {
        var page = await store.ReadAsync(NoiseMonitor.AlarmStream, after, EventsAtOnce, cancellation);
        if (page.IsReset)
        {
            // What is gone cannot be told: it goes on with what is kept.
            return new StreamCursor(page.Head.Epoch, page.Head.First - 1);
        }

        if (page.Events.Count == 0)
        {
            var here = after ?? new StreamCursor(page.Head.Epoch, page.Head.Last);
            await foreach (var item in store.WatchAsync(
                [new WatchedStream(NoiseMonitor.AlarmStream, here)], cancellation: cancellation))
            {
                if (item.Kind is not StreamItemKind.Live)
                {
                    break;
                }
            }

            return here;
        }

        var next = new StreamCursor(page.Head.Epoch, page.Events[^1].Seq);
        var body = StreamJson.Object(json =>
        {
            json.WriteString("next", next.ToString());
            json.WriteStartArray("events");
            foreach (var told in page.Events)
            {
                json.WriteStartObject();
                StreamJson.WriteMembers(json, told);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        await SendAsync(hook, next, body, cancellation);
        hooks.Move(hook, next.ToString());
        return next;
    }

    private async Task SendAsync(NoiseHook hook, StreamCursor next, byte[] body, CancellationToken cancellation)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType.Json);
        request.Headers.Add("X-Rondo-Delivery", next.ToString());
        request.Headers.Add("X-Rondo-Signature", $"t={seconds},v1={HookSignature.Of(hook.Secret, seconds, body)}");
        await http.PostAsync(request, options.Current.PrivateWebhooks, Deadline, cancellation);
    }
}
