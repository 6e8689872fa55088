using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Registry.Http;

/// <summary>
/// <c>/registry/watch</c>: the state, then every change, as server-sent events. Who comes back with
/// <c>Last-Event-ID</c> gets what was missed; who cannot be given that gets the state anew.
/// </summary>
internal sealed class WatchEndpoints(
    ServiceRegistry registry, IEventStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/registry/watch", WatchAsync)
        .RequireScope(RegistryCaller.ReadScope, openOnLoopback: true);

    private async Task WatchAsync(HttpContext context)
    {
        var parameters = new LookupParameters(context, "service", "index");
        var after = parameters.Index;
        var problem = parameters.Problem;
        if (context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id])
        {
            if (StreamCursor.TryParse(id, out var cursor))
            {
                after = cursor;
            }
            else
            {
                problem ??= new Problem(
                    ProblemType.InvalidParameter, "'Last-Event-ID' is what an event of this watch had as its id.");
            }
        }

        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (await RegistryReply.SnapshotAsync(context, registry) is not { } now)
        {
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            RegistryReply.Stamp(context, now);
            context.Response.ContentType = StreamFeed.EventStream;
            var output = context.Response.BodyWriter;
            output.Write("retry: 1000\n\n"u8);
            while (true)
            {
                after ??= Reset(output, parameters.Service);
                await output.FlushAsync(ending.Token);
                after = await FollowAsync(output, after.Value, parameters.Service, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has left, or Rondo stops; it resumes elsewhere or later.
        }
        catch (EventStoreException)
        {
            // The client resumes, and is told why then.
        }
    }

    /// <summary>Writes the whole state; what comes is what changes after it.</summary>
    private StreamCursor Reset(PipeWriter output, string? service)
    {
        var now = registry.Current!;
        var cursor = new StreamCursor(now.Epoch, now.Index);
        Write(output, "reset", cursor, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("index", now.Index);
            RegistryJson.WriteInstances(
                json,
                (service is null ? now.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal)
                    : now.Find(service) is { } one ? [one] : Enumerable.Empty<ServiceView>()).SelectMany(s => s.All));
            json.WriteEndObject();
        });
        return cursor;
    }

    /// <summary>
    /// Writes changes for as long as they follow on each other; null when what was missed is not kept.
    /// </summary>
    private async Task<StreamCursor?> FollowAsync(
        PipeWriter output, StreamCursor after, string? service, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = store
            .WatchAsync([new WatchedStream(RegistryJournal.Stream, after, StreamStart.Live)], cancellation: stop.Token)
            .GetAsyncEnumerator(stop.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            while (await ComesAsync(output, next, cancellation))
            {
                var item = items.Current;
                if (item.Kind is StreamItemKind.Reset)
                {
                    return null;
                }

                if (item.Kind is StreamItemKind.Resume)
                {
                    return item.Cursor;
                }

                if (item.Kind is StreamItemKind.Event)
                {
                    Write(output, item, service);
                }

                next = items.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                {
                    await output.FlushAsync(cancellation);
                }
            }

            return after;
        }
        finally
        {
            // The watch is one step at a time: the last must end before it can.
            await stop.CancelAsync();
            await next.ContinueWith(
                _ => _.Exception,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            await items.DisposeAsync();
        }
    }

    // Proxies close silent connections, and a dead peer shows only when we write.
    private async Task<bool> ComesAsync(PipeWriter output, Task<bool> next, CancellationToken cancellation)
    {
        while (!next.IsCompleted)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (await Task.WhenAny(next, Task.Delay(Silence, time, stop.Token)) != next)
            {
                cancellation.ThrowIfCancellationRequested();
                output.Write(":\n\n"u8);
                await output.FlushAsync(cancellation);
            }

            await stop.CancelAsync();
        }

        return await next;
    }

    private static void Write(PipeWriter output, StreamItem item, string? service)
    {
        var instance = JsonSerializer.Deserialize<ServiceInstance>(item.Event!.Data.Span, Registration.Json);
        if (instance is null || (service is not null && instance.Name != service))
        {
            return;
        }

        instance.Index = item.Event.Seq;
        Write(output, item.Event.Type, item.Cursor, json =>
        {
            json.WriteStartObject();
            RegistryJson.WriteMembers(json, instance);
            json.WriteEndObject();
        });
    }

    private static void Write(PipeWriter output, string type, StreamCursor cursor, Action<Utf8JsonWriter> write)
    {
        Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"event: {type}\nid: {cursor}\ndata: "), output);
        using (var json = new Utf8JsonWriter(output, Readable))
        {
            write(json);
        }

        output.Write("\n\n"u8);
    }
}
