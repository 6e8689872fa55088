using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// <c>GET /currency/stream</c>: server-sent events. An event <c>rates</c> carries the newest day whole; its id is the
/// number of the change, with which <c>Last-Event-ID</c> resumes. Who connects without one gets the present state
/// first.
/// </summary>
internal sealed class RateStream(RateBook book, IHostApplicationLifetime lifetime, TimeProvider time)
{
    // Proxies close silent connections after a minute or so, and a dead peer shows only when we write.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/currency/stream", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        var after = -1L;
        if (context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } sent]
            && !long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await new Problem(ProblemType.InvalidParameter, "Last-Event-ID is a number that this stream has given.")
                .WriteAsync(context);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        var (missed, live, stop) = book.Watch(after);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await SendAsync(context, "retry: 3000\n\n", ending.Token);
            var sequence = book.Current.Sequence;
            if (after < 0 || after > sequence)
            {
                // No id, or one of another data folder: the state as it is.
                await SendAsync(context, Event(sequence, null), ending.Token);
            }
            else
            {
                foreach (var change in missed)
                {
                    await SendAsync(context, Event(change.Sequence, change), ending.Token);
                }
            }

            await FollowAsync(context, live, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has left, or Rondo stops; it resumes elsewhere or later.
        }
        finally
        {
            stop();
        }
    }

    private async Task FollowAsync(
        HttpContext context, System.Threading.Channels.ChannelReader<RateChange> live, CancellationToken cancellation)
    {
        var next = live.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            if (await Task.WhenAny(next, Task.Delay(Heartbeat, time, cancellation)) != next)
            {
                cancellation.ThrowIfCancellationRequested();
                await SendAsync(context, ":\n\n", cancellation);
                continue;
            }

            if (!await next)
            {
                return;
            }

            while (live.TryRead(out var change))
            {
                await SendAsync(context, Event(change.Sequence, change), cancellation);
            }

            next = live.WaitToReadAsync(cancellation).AsTask();
        }
    }

    private string Event(long sequence, RateChange? change)
    {
        var rates = book.Current;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("source", rates.LatestSource);
            json.WriteString("date", rates.LatestDate);
            json.WriteString("base", "EUR");
            json.WriteStartObject("rates");
            foreach (var currency in rates.Table.Currencies.Where(c => rates.Table[rates.Latest, c] != 0))
            {
                json.WriteString(
                    currency.Code,
                    rates.Table[rates.Latest, currency].ToString("0.############", CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
            if (change is not null)
            {
                WriteChange(json, change);
            }

            json.WriteEndObject();
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"event: rates\nid: {sequence}\ndata: {Encoding.UTF8.GetString(buffer.ToArray())}\n\n");
    }

    // What arrived may be older days of another source than the newest ones above.
    private static void WriteChange(Utf8JsonWriter json, RateChange change)
    {
        json.WriteStartObject("changed");
        json.WriteString("source", change.Origin.Label());
        json.WriteString("first_date", change.First.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("last_date", change.Last.ToString("O", CultureInfo.InvariantCulture));
        json.WriteNumber("days", change.Days);
        json.WriteEndObject();
    }

    private static async Task SendAsync(HttpContext context, string text, CancellationToken cancellation)
    {
        await context.Response.WriteAsync(text, cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }
}
