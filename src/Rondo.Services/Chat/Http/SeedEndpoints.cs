using Microsoft.AspNetCore.WebUtilities;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat.Http;

/// <summary>The talks' two chats, unchanged for their clients, in the lobby.</summary>
internal sealed class SeedEndpoints(
    ChatDesk desk,
    ChatSockets sockets,
    CallerOf callerOf,
    IEventStore store,
    LiveOptions<ChatOptions> options,
    IHostApplicationLifetime lifetime)
{
    private const int MostMessages = 200;
    private const int MostBytes = 64 * 1024;
    private const string Room = RoomDirectory.Lobby;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/chatsocket", sockets.ServeSeedAsync);
        routes.MapPost("/a/message/new", NewAsync);
        routes.MapPost("/a/message/updates", UpdatesAsync);
    }

    private async Task NewAsync(HttpContext context)
    {
        if (await FormAsync(context) is not var (caller, form))
        {
            return;
        }

        if (form.GetValueOrDefault("body") is not { } body)
        {
            await new Problem(ProblemType.InvalidBody, "The form needs a field 'body'.").WriteAsync(context);
            return;
        }

        var next = form.GetValueOrDefault("next");
        if (next is not null && !IsPath(next))
        {
            await new Problem(ProblemType.InvalidBody, "'next' is a path of this server.").WriteAsync(context);
            return;
        }

        if (await desk.AskAsync(context, room => SayAsync(room, caller, body)) is not { } said)
        {
            return;
        }

        if (said.Refusal is { } refusal)
        {
            await ChatDesk.RefuseAsync(context, refusal);
        }
        else if (next is not null)
        {
            context.Response.Redirect(next);
        }
        else
        {
            await JsonReply.WriteAsync(context, ChatJson.Object(
                json => SeedMessage.WriteMembers(json, Room, said.Outcome.Stored.Seq, said.Outcome.Stored.At, body)));
        }
    }

    private async Task UpdatesAsync(HttpContext context)
    {
        if (await FormAsync(context) is not var (caller, form))
        {
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var after = await PlaceAsync(form.GetValueOrDefault("cursor"));
            if (after is null && form.ContainsKey("cursor"))
            {
                context.Response.Headers["X-Cursor-Reset"] = "1";
            }

            var wanted = new HistoryWanted(after is null ? HistorySide.Before : HistorySide.After, after, MostMessages);
            var history = await desk.AskAsync(context, room => room.ReadAsync(caller, wanted));
            if (history is { Messages.Count: 0, Refusal: null })
            {
                var last = new StreamCursor(history.Head.Epoch, after?.Seq ?? history.Head.Last);
                await WaitAsync(last, ending.Token);
                history = await desk.AskAsync(
                    context, room => room.ReadAsync(caller, new HistoryWanted(HistorySide.After, last, MostMessages)));
            }

            if (history is not null)
            {
                await AnswerAsync(context, history);
            }
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private static Task AnswerAsync(HttpContext context, MessagePage history) => history.Refusal is { } refusal
        ? ChatDesk.RefuseAsync(context, refusal)
        : JsonReply.WriteAsync(context, ChatJson.Object(json =>
        {
            json.WriteStartArray("messages");
            foreach (var (sent, edited, _) in history.Messages)
            {
                json.WriteStartObject();
                SeedMessage.WriteMembers(json, Room, sent.Seq, sent.At, ChatJson.TextOf(edited ?? sent));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));

    /// <summary>The place of the message that a cursor names; null when there is none.</summary>
    private async Task<StreamCursor?> PlaceAsync(string? cursor)
    {
        if (cursor is null || !MessageId.TryParse(Room, cursor, out var seq, out var at) || seq == 0)
        {
            return null;
        }

        var page = await store.ReadAsync(Chat.Room.StreamOf(Room), new StreamCursor(null, seq - 1), 1);
        return page.Events is [var named] && named.At == at ? new StreamCursor(page.Head.Epoch, seq) : null;
    }

    private async Task WaitAsync(StreamCursor after, CancellationToken cancellation)
    {
        try
        {
            var watched = new WatchedStream(Chat.Room.StreamOf(Room), after);
            await foreach (var item in store.WatchAsync([watched], cancellation: cancellation))
            {
                if (item.Kind is StreamItemKind.Reset or StreamItemKind.Resume || item.Event?.Type == ChatJson.Message)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // No messages: the client asks again.
        }
    }

    private async Task<(Caller Caller, Dictionary<string, string?> Form)?> FormAsync(HttpContext context)
    {
        // First, since a guest gets a cookie.
        var (caller, problem) = SameOrigin.Refuse(context, options.Current.AllowedOrigins) is { } foreign
            ? (null, foreign)
            : await callerOf.GuestAsync(context);
        var body = problem is null
            ? await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted)
            : null;
        if (problem is null && PostedMessage.Utf8(body) is { } text)
        {
            return (caller!, QueryHelpers.ParseQuery(text).ToDictionary(f => f.Key, f => f.Value[^1]));
        }

        problem ??= new Problem(ProblemType.InvalidBody, $"The body is a form of at most {MostBytes} bytes, in UTF-8.");
        await problem.WriteAsync(context);
        return null;
    }

    private static async Task<Said> SayAsync(Room room, Caller caller, string body)
    {
        var outcome = await room.SendAsync(caller, body, null);
        return new Said(outcome, outcome.Refusal);
    }

    // What a browser would take for another server: //host, \\host, and anything with a scheme.
    private static bool IsPath(string next) =>
        next.StartsWith('/') && (next.Length == 1 || next[1] is not ('/' or '\\')) && !next.Any(char.IsControl);

    private sealed record Said(ChatOutcome Outcome, ChatRefusal? Refusal);
}
