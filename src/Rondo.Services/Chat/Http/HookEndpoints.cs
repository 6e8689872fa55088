using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat.Http;

/// <summary>Hooks: for programs that post into a room, and for those that are told what happens there.</summary>
internal sealed class HookEndpoints(
    ChatDesk desk, HookStore hooks, LiveOptions<ChatOptions> options)
{
    private const int MostHooks = 1000;
    private const int LongestUrl = 2000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/chat/hooks/{token}", PostAsync);
        routes.MapRead("/chat/rooms/{room}/hooks", ListAsync);
        routes.MapPut("/chat/rooms/{room}/hooks/{hook}", PutIncomingAsync);
        routes.MapDelete("/chat/rooms/{room}/hooks/{hook}", DeleteIncomingAsync);
        routes.MapPut("/chat/rooms/{room}/webhooks/{hook}", PutOutgoingAsync);
        routes.MapDelete("/chat/rooms/{room}/webhooks/{hook}", DeleteOutgoingAsync);
    }

    private async Task PostAsync(HttpContext context)
    {
        if (hooks.Find((string)context.Request.RouteValues["token"]!) is not { } hook)
        {
            await NoHook().WriteAsync(context);
        }
        else if (await PostedMessage.ReadAsync(context) is { } message)
        {
            context.Request.RouteValues["room"] = hook.Room;
            var caller = new Caller($"b-{hook.Room}-{hook.Name}", hook.Name, ChatRole.Bot, "hook");
            await desk.DoAsync(
                context, "ack", StatusCodes.Status201Created, message.ClientId,
                room => room.SendAsync(caller, message.Text, message.ClientId));
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await OwnerAsync(context) is null)
        {
            return;
        }

        var room = ChatDesk.RoomOf(context);
        await JsonReply.WriteAsync(context, ChatJson.Object(json =>
        {
            json.WriteStartArray("hooks");
            var incoming = hooks.Incoming.Values.Where(h => h.Room == room).Select(h => h.Name);
            foreach (var name in incoming.Order(StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("hook", name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("webhooks");
            foreach (var hook in hooks.Outgoing.Where(h => h.Room == room))
            {
                json.WriteStartObject();
                json.WriteString("hook", hook.Name);
                json.WriteString("url", OutboundHttp.Name(new Uri(hook.Url)));
                json.WriteString("delivered", hook.Cursor);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    private async Task PutIncomingAsync(HttpContext context)
    {
        if (await OwnerAsync(context) is null || await NameAsync(context) is not { } name)
        {
            return;
        }

        var token = hooks.PutIncoming(ChatDesk.RoomOf(context), name);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await JsonReply.WriteAsync(context, ChatJson.Object(json =>
        {
            json.WriteString("hook", name);
            json.WriteString("url", "/chat/hooks/" + token);
        }));
    }

    private async Task DeleteIncomingAsync(HttpContext context)
    {
        if (await OwnerAsync(context) is not null)
        {
            await RemovedAsync(context, hooks.RemoveIncoming(ChatDesk.RoomOf(context), HookOf(context)));
        }
    }

    private async Task PutOutgoingAsync(HttpContext context)
    {
        if (await OwnerAsync(context) is not { } head
            || await NameAsync(context) is not { } name
            || await RoomOrders.UrlAsync(context, LongestUrl) is not { } url)
        {
            return;
        }

        if (!options.Current.PrivateWebhooks && System.Net.IPAddress.TryParse(url.DnsSafeHost, out var address)
            && !PublicAddress.IsPublic(address))
        {
            await ChatDesk.RefuseAsync(context, new ChatRefusal(
                ChatProblems.UnusableAddress,
                "Private networks and this machine are called only with 'Chat:PrivateWebhooks'."));
            return;
        }

        var next = new StreamCursor(head.Epoch, head.Last).ToString();
        var secret = hooks.PutOutgoing(ChatDesk.RoomOf(context), name, url.AbsoluteUri, next);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await JsonReply.WriteAsync(context, ChatJson.Object(json =>
        {
            json.WriteString("hook", name);
            json.WriteString("secret", secret);
            json.WriteString("delivered", next);
        }));
    }

    private async Task DeleteOutgoingAsync(HttpContext context)
    {
        if (await OwnerAsync(context) is not null)
        {
            await RemovedAsync(context, hooks.RemoveOutgoing(ChatDesk.RoomOf(context), HookOf(context)));
        }
    }

    /// <summary>Where the room stands, when an owner asks; null after an answer otherwise.</summary>
    private async Task<Place?> OwnerAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller
            || await desk.AskAsync(context, room => Task.FromResult(new Asked(room.MayExport(caller), room.Head)))
                is not { } asked)
        {
            return null;
        }

        if (asked.Refusal is { } refusal)
        {
            await ChatDesk.RefuseAsync(context, refusal);
            return null;
        }

        return new Place(asked.Head.Epoch, asked.Head.Last);
    }

    private async Task<string?> NameAsync(HttpContext context)
    {
        var name = HookOf(context);
        if (RoomConfig.IsName(name) && hooks.Incoming.Count + hooks.Outgoing.Count < MostHooks)
        {
            return name;
        }

        await ChatDesk.RefuseAsync(context, RoomConfig.IsName(name)
            ? new ChatRefusal(ChatProblems.TooMany, $"There are {MostHooks} hooks already.")
            : new ChatRefusal(ChatProblems.UnusableName, "A hook's name is made as a room's."));
        return null;
    }

    private static Task RemovedAsync(HttpContext context, bool wasThere)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return wasThere ? Task.CompletedTask : NoHook().WriteAsync(context);
    }

    private static Problem NoHook() => new(ChatProblems.NoHook, "There is no such hook.");

    private static string HookOf(HttpContext context) => (string)context.Request.RouteValues["hook"]!;

    private sealed record Asked(ChatRefusal? Refusal, StreamHead Head);

    private sealed record Place(ulong Epoch, long Last);
}
