using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Streams.Http;

/// <summary>Makes the JSON object of an event, on one line, as a client is to see it.</summary>
internal delegate byte[] EventShape(StreamEvent shown);

/// <summary>
/// Turns a stream into what clients read, with the same cursors in each form: pages and long polls
/// (<c>after</c>, <c>limit</c>, <c>wait</c>), server-sent events (<c>Last-Event-ID</c>), and a WebSocket (<c>hello</c>).
/// </summary>
internal sealed class StreamFeed(IEventStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public const string EventStream = "text/event-stream";

    /// <summary>Answers with the form that the client prefers; events when it does not care.</summary>
    /// <param name="context">The request, which has been let in.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="start">Where events start for a client without a cursor, and after a reset.</param>
    /// <param name="shape">Makes the JSON object of an event in place of the usual one.</param>
    public async Task ServeAsync(HttpContext context, string stream, StreamStart start, EventShape? shape = null)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        if (WebSocketHandshake.IsAsked(context))
        {
            await new StreamSocket(store, time, shape).ServeAsync(context, stream, start, ending.Token);
            return;
        }

        context.Response.Headers.Vary = "Accept";
        var parameters = new StreamParameters(context);

        // Who sets a wait or a limit wants a page, unless they say otherwise.
        var form = parameters.IsOfPage
            ? MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, EventStream)
            : MediaType.Choose(context.Request.Headers.Accept, EventStream, MediaType.Json);
        var problem = parameters.Problem ?? (form is null
            ? new Problem(ProblemType.NotAcceptable, $"A stream comes as {EventStream} or {MediaType.Json}.")
            : null);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        try
        {
            context.Response.Headers.CacheControl = "no-store";
            if (form is EventStream)
            {
                await new ServerSentEvents(store, time, shape)
                    .WriteAsync(context, new WatchedStream(stream, parameters.After, start), ending.Token);
            }
            else
            {
                await WritePageAsync(context, stream, parameters, shape, ending.Token);
            }
        }
        catch (EventStoreException error) when (!context.Response.HasStarted)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
        catch (EventStoreException)
        {
            // The client resumes, and is told why then.
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has left, or Rondo stops; it resumes elsewhere or later.
            if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                await StreamProblems
                    .Describe(new EventStoreException(EventStoreFailure.Closed, "Rondo stops.")).WriteAsync(context);
            }
        }
    }

    private async Task WritePageAsync(
        HttpContext context,
        string stream,
        StreamParameters parameters,
        EventShape? shape,
        CancellationToken cancellation)
    {
        var page = await store.ReadAsync(stream, parameters.After, parameters.Limit, context.RequestAborted);
        if (page is { IsReset: false, Events.Count: 0 } && parameters.Wait > TimeSpan.Zero)
        {
            var after = parameters.After ?? new StreamCursor(page.Head.Epoch, page.Head.Last);
            await WaitAsync(new WatchedStream(stream, after), parameters.Wait, cancellation);
            page = await store.ReadAsync(stream, after, parameters.Limit, context.RequestAborted);
        }

        if (page.IsReset)
        {
            await StreamProblems.Reset(page.Head).WriteAsync(context);
            return;
        }

        await JsonReply.WriteAsync(context, json => Write(json, page, parameters.After, shape));
    }

    /// <summary>Returns with the first event, when the time is over, or when Rondo stops.</summary>
    private async Task WaitAsync(WatchedStream watched, TimeSpan wait, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await foreach (var item in store.WatchAsync([watched], cancellation: either.Token))
            {
                if (item.Kind is not StreamItemKind.Live)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // An empty page tells the client to ask again.
        }
    }

    private static void Write(Utf8JsonWriter json, StreamPage page, StreamCursor? after, EventShape? shape)
    {
        var (head, events) = (page.Head, page.Events);
        var seq = events.Count > 0 ? events[^1].Seq : after?.Seq ?? head.Last;
        json.WriteStartObject();
        json.WriteString("stream", head.Stream);
        json.WriteNumber("first", head.First);
        json.WriteNumber("last", head.Last);
        json.WriteString("next", new StreamCursor(head.Epoch, seq).ToString());
        json.WriteStartArray("events");
        foreach (var given in events)
        {
            if (shape is not null)
            {
                json.WriteRawValue(shape(given), skipInputValidation: true);
                continue;
            }

            json.WriteStartObject();
            StreamJson.WriteMembers(json, given);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

internal static class StreamRoutes
{
    /// <summary>Maps GET of a path to a stream.</summary>
    public static IEndpointConventionBuilder MapStream(
        this IEndpointRouteBuilder routes, string path, string stream, StreamStart start)
    {
        // Nobody else asks for it, and it measures from when it is there.
        routes.ServiceProvider.GetRequiredService<StreamMetrics>();
        var feed = routes.ServiceProvider.GetRequiredService<StreamFeed>();
        return routes.MapGet(path, context => feed.ServeAsync(context, stream, start));
    }
}
