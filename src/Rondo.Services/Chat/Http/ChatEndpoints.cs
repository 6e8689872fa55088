using System.Globalization;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat.Http;

/// <summary>What is said in a room, and what happens there.</summary>
internal sealed class ChatEndpoints(ChatDesk desk, ChatSockets sockets, StreamFeed feed, Credentials credentials)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/chat/ws", sockets.ServeAsync);
        routes.MapPost("/chat/rooms/{room}/messages", PostAsync);
        routes.MapRead("/chat/rooms/{room}/messages", ReadAsync);
        routes.MapPatch("/chat/rooms/{room}/messages/{seq}", EditAsync);
        routes.MapDelete("/chat/rooms/{room}/messages/{seq}", DeleteAsync);
        routes.MapPost("/chat/rooms/{room}/messages/{seq}/reactions", ReactAsync);
        routes.MapDelete("/chat/rooms/{room}/messages/{seq}/reactions/{reaction}", UnreactAsync);
        routes.MapGet("/chat/rooms/{room}/events", FollowAsync);
        routes.MapPost("/chat/rooms/{room}/typing", TypeAsync);
    }

    private async Task PostAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller
            || await PostedMessage.ReadAsync(context) is not { } message)
        {
            return;
        }

        await desk.DoAsync(
            context, "ack", StatusCodes.Status201Created, message.ClientId,
            room => room.SendAsync(caller with { Name = message.Name ?? caller.Name }, message.Text, message.ClientId));
    }

    private async Task EditAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller
            && await SeqAsync(context) is { } seq
            && await PostedMessage.ReadAsync(context) is { } message)
        {
            await desk.DoAsync(
                context, "ack", StatusCodes.Status200OK, message.ClientId,
                room => room.EditAsync(caller, seq, message.Text, message.ClientId));
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller && await SeqAsync(context) is { } seq)
        {
            await desk.DoAsync(
                context, "ack", StatusCodes.Status204NoContent, null, room => room.DeleteAsync(caller, seq, null));
        }
    }

    private async Task ReactAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller
            && await SeqAsync(context) is { } seq
            && await PostedMessage.ReadAsync(context, "reaction") is { } put)
        {
            await desk.DoAsync(
                context, "ack", StatusCodes.Status200OK, put.ClientId,
                room => room.ReactAsync(caller, seq, put.Text, put.ClientId, isPut: true));
        }
    }

    private async Task UnreactAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller && await SeqAsync(context) is { } seq)
        {
            var reaction = (string)context.Request.RouteValues["reaction"]!;
            await desk.DoAsync(
                context, "ack", StatusCodes.Status204NoContent, null,
                room => room.ReactAsync(caller, seq, reaction, null, isPut: false));
        }
    }

    private async Task ReadAsync(HttpContext context)
    {
        var parameters = new HistoryParameters(context);
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
        }
        else if (await desk.ReaderAsync(context) is { } caller
            && await desk.AskAsync(context, room => room.ReadAsync(caller, parameters.Wanted)) is { } history)
        {
            await AnswerAsync(context, history);
        }
    }

    private static Task AnswerAsync(HttpContext context, MessagePage history)
    {
        if (history.Refusal is { } refusal)
        {
            return ChatDesk.RefuseAsync(context, refusal);
        }

        if (history.IsReset)
        {
            return StreamProblems.Reset(history.Head).WriteAsync(context);
        }

        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json => history.Write(json, ChatDesk.RoomOf(context)));
    }

    private async Task FollowAsync(HttpContext context)
    {
        if (await desk.ReaderAsync(context) is not { } caller
            || await desk.AskAsync(context, room => Task.FromResult(room.MayRead(caller))) is not { } may)
        {
            return;
        }

        var name = ChatDesk.RoomOf(context);
        await (may.Refusal is { } refusal
            ? ChatDesk.RefuseAsync(context, refusal)
            : credentials.ServeWithKeyAsync(context, () => feed.ServeAsync(
                context, Room.StreamOf(name), StreamStart.Live, shown => ChatJson.Event(name, shown))));
    }

    private async Task TypeAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller)
        {
            await desk.DoAsync(context, "ack", StatusCodes.Status204NoContent, null, room =>
                Task.FromResult(new ChatOutcome(default, room.Type(caller))));
        }
    }

    private static async Task<long?> SeqAsync(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["seq"]!;
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq > 0)
        {
            return seq;
        }

        await ChatDesk.RefuseAsync(
            context, new ChatRefusal(ChatProblems.NoMessage, "A message is named by its number, 'seq'."));
        return null;
    }
}
