using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Rondo.Services.Streams.Http;

/// <summary>
/// A stream as server-sent events (HTML standard, section 9.2): the event's type, its cursor as the id, its data. The
/// network sets the pace: while a client does not read, nothing is gathered for it.
/// </summary>
internal sealed class ServerSentEvents(IEventStore store, TimeProvider time, EventShape? shape = null)
{
    private const int MostUnsent = 16 * 1024;

    // Proxies close silent connections after a minute or so, and a dead peer shows only when we write.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Writes until the client leaves, falls too far behind, or <paramref name="cancellation"/>.</summary>
    public async Task WriteAsync(HttpContext context, WatchedStream watched, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = store.WatchAsync([watched], cancellation: stop.Token).GetAsyncEnumerator(stop.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            // A store that has failed is a problem answer: the first item comes before the first byte.
            await next;
            context.Response.ContentType = StreamFeed.EventStream;
            var output = context.Response.BodyWriter;
            output.Write("retry: 3000\n\n"u8);
            var beat = new Beat(time, Heartbeat, stop.Token);
            while (await next)
            {
                Write(output, items.Current);
                next = items.MoveNextAsync().AsTask();
                if (output.UnflushedBytes > (next.IsCompleted ? MostUnsent : 0))
                {
                    await output.FlushAsync(cancellation);
                    beat.Sent();
                }

                while (!next.IsCompleted && await beat.ComesBeforeAsync(next))
                {
                    output.Write(":\n\n"u8);
                    await output.FlushAsync(cancellation);
                }
            }

            await output.FlushAsync(cancellation);
        }
        finally
        {
            // The watch is one step at a time: the last must end before it can.
            await stop.CancelAsync();
            await next.ContinueWith(
                _ => _.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await items.DisposeAsync();
        }
    }

    private void Write(PipeWriter output, StreamItem item)
    {
        switch (item.Kind)
        {
            case StreamItemKind.Event:
                Write(output, item.Event!.Type, item.Cursor, shape is null ? item.Event.Data.Span : shape(item.Event));
                break;
            case StreamItemKind.Reset:
                Write(output, "reset", item.Cursor, Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $$"""{"first":{{item.Head.First}},"last":{{item.Head.Last}}}""")));
                break;
            default:
                break;
        }
    }

    private static void Write(PipeWriter output, string type, StreamCursor cursor, ReadOnlySpan<byte> data)
    {
        Encoding.UTF8.GetBytes($"event: {type}\nid: {cursor}\ndata: ", output);
        output.Write(data);
        output.Write("\n\n"u8);
    }

    /// <summary>A timer that is set once in a while, not for each event.</summary>
    private sealed class Beat(TimeProvider time, TimeSpan interval, CancellationToken cancellation)
    {
        private Task? _due;
        private bool _hasSent;

        public void Sent() => _hasSent = _due is not null;

        /// <summary>Whether the client should hear from us before <paramref name="next"/> is there.</summary>
        public async Task<bool> ComesBeforeAsync(Task next)
        {
            _due ??= Task.Delay(interval, time, cancellation);
            if (await Task.WhenAny(next, _due) == next)
            {
                return false;
            }

            await _due;
            (_due, var wasSilent) = (null, !_hasSent);
            _hasSent = false;
            return wasSilent || await ComesBeforeAsync(next);
        }
    }
}
