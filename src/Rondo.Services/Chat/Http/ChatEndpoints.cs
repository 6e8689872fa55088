using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat.Http;

/// <summary>The routes of a room: what is said in it, and what happens.</summary>
internal sealed class ChatEndpoints(
    ChatLoop loop,
    RoomDirectory rooms,
    CallerOf callerOf,
    ChatSockets sockets,
    StreamFeed feed,
    LiveOptions<ChatOptions> options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/chat/ws", sockets.ServeAsync);
        routes.MapPost("/chat/rooms/{room}/messages", PostAsync);
        routes.MapRead("/chat/rooms/{room}/messages", ReadAsync);
        routes.MapGet("/chat/rooms/{room}/events", FollowAsync);
    }

    private async Task PostAsync(HttpContext context)
    {
        var (caller, problem) = callerOf.Post(context);
        problem ??= SameOrigin.Refuse(context, options.Current.AllowedOrigins);
        PostedMessage? message = null;
        if (problem is null)
        {
            (message, problem) = await PostedMessage.ReadAsync(context);
        }

        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var name = RoomOf(context);
        var outcome = await loop.AskAsync(async () => await rooms.FindAsync(name) is { } room
            ? await room.SendAsync(caller! with { Name = message!.Name ?? caller.Name }, message.Text, message.ClientId)
            : new ChatOutcome(RoomDirectory.NoRoom(name)));
        await AnswerAsync(context, name, outcome, StatusCodes.Status201Created, message!.ClientId);
    }

    private async Task ReadAsync(HttpContext context)
    {
        var parameters = new HistoryParameters(context);
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var name = RoomOf(context);
        var (history, refusal) = await loop.AskAsync(async () => await rooms.FindAsync(name) is { } room
            ? (await room.ReadAsync(parameters.Wanted), null)
            : ((MessagePage?)null, RoomDirectory.NoRoom(name)));
        if (refusal is not null)
        {
            await ChatAnswers.Problem(context, refusal).WriteAsync(context);
        }
        else if (history!.IsReset)
        {
            await StreamProblems.Reset(history.Head).WriteAsync(context);
        }
        else
        {
            context.Response.Headers.CacheControl = "no-store";
            await JsonReply.WriteAsync(context, json => history.Write(json, name));
        }
    }

    private async Task FollowAsync(HttpContext context)
    {
        var name = RoomOf(context);
        if (await loop.AskAsync(() => rooms.FindAsync(name)) is null)
        {
            await ChatAnswers.Problem(context, RoomDirectory.NoRoom(name)).WriteAsync(context);
            return;
        }

        await feed.ServeAsync(context, Room.StreamOf(name), StreamStart.Live, shown => ChatJson.Event(name, shown));
    }

    private static async Task AnswerAsync(
        HttpContext context, string room, ChatOutcome outcome, int status, string? clientId)
    {
        if (outcome.Refusal is { } refusal)
        {
            await ChatAnswers.Problem(context, refusal).WriteAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = string.Create(
                CultureInfo.InvariantCulture, $"/chat/rooms/{room}/messages?around={outcome.Stored.Seq}&limit=1");
        }

        await JsonReply.WriteAsync(context, ChatJson.Stored("ack", room, clientId, outcome.Stored));
    }

    private static string RoomOf(HttpContext context) => (string)context.Request.RouteValues["room"]!;
}
