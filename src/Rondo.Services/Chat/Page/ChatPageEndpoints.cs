using Rondo.Services.Chat.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat.Page;

/// <summary><c>/chat</c>, which is the lobby, and <c>/chat/{room}</c>: to read, and to post a form to.</summary>
internal sealed class ChatPageEndpoints(
    ChatDesk desk, RoomDirectory rooms, CallerOf callerOf, LiveOptions<ChatOptions> options, TimeProvider time)
{
    private const int Messages = 50;
    private const int MostRooms = 50;

    // What a guest has chosen; the script on the page writes it, too.
    private const string NameCookie = "rondo_name";

    // Other routes of the chat, which are read and not posted to.
    private static readonly string[] Taken = ["rooms", "status", "ws"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/chat", ReadAsync);
        routes.MapRead("/chat/{room}", ReadAsync);
        routes.MapPost("/chat/{room}", PostAsync);
    }

    private async Task ReadAsync(HttpContext context)
    {
        var query = context.Request.Query;
        StreamCursor? before = null;
        if (query["before"] is [{ } text])
        {
            if (!StreamCursor.TryParse(text, out var cursor))
            {
                await new Problem(ProblemType.InvalidParameter, "'before' is the number of a message.")
                    .WriteAsync(context);
                return;
            }

            before = cursor;
        }

        var refresh = query.ContainsKey("refresh") ? ChatPage.RefreshSeconds : (int?)null;
        var (caller, problem) = await callerOf.GuestAsync(context);
        await (problem?.WriteAsync(context)
            ?? ShowAsync(context, Named(context, caller!), before, view => view with { Refresh = refresh }));
    }

    private async Task PostAsync(HttpContext context)
    {
        if (Taken.Contains(ChatDesk.RoomOf(context)))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Get;
            return;
        }

        if (await desk.CallerAsync(context) is not { } caller
            || await PostedMessage.ReadAsync(context) is not { } message)
        {
            return;
        }

        if (caller.Role is ChatRole.Guest)
        {
            caller = caller with { Name = string.IsNullOrWhiteSpace(message.Name) ? null : message.Name.Trim() };
            Remember(context, caller.Name);
        }

        var said = await desk.AskAsync(
            context, async room => new Said(await room.SendAsync(caller, Lines(message.Text), message.ClientId)));
        if (said is null)
        {
            return;
        }

        if (said.Outcome.Refusal is { } refusal)
        {
            context.Response.StatusCode = refusal.Type.Status;
            await ShowAsync(
                context, caller, null, view => view with { Draft = message.Text, Refusal = refusal.Detail });
            return;
        }

        // Loading again what was posted must not post it again.
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = $"/chat/{ChatDesk.RoomOf(context)}#m{said.Outcome.Stored.Seq}";
    }

    private async Task ShowAsync(
        HttpContext context, Caller caller, StreamCursor? before, Func<ChatView, ChatView> change)
    {
        if (await desk.AskAsync(context, room => ViewAsync(room, caller, before)) is not { } seen)
        {
            return;
        }

        if (seen.Refusal is { } refusal)
        {
            await ChatDesk.RefuseAsync(context, refusal);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await ChatPage.WriteAsync(context, change(seen.View!));
    }

    private async Task<Seen> ViewAsync(Room room, Caller caller, StreamCursor? before)
    {
        var page = await room.ReadAsync(caller, new HistoryWanted(HistorySide.Before, before, Messages));
        if (page.Refusal is { } refusal)
        {
            return new Seen(null, refusal);
        }

        var all = await rooms.ListAsync();
        return new Seen(
            new ChatView
            {
                Room = room.Config,
                Rooms = [
                    .. all.OrderBy(r => r.Config.Name != RoomDirectory.Lobby)
                        .ThenBy(r => r.Config.Name != room.Name)
                        .ThenByDescending(r => r.Present)
                        .Take(MostRooms)
                        .Select(r => r.Config.Name)
                        .Order(StringComparer.Ordinal)
                        .OrderBy(name => name != RoomDirectory.Lobby),
                ],
                OtherRooms = Math.Max(0, all.Count - MostRooms),
                Messages = page.Messages,
                Cursor = new StreamCursor(page.Head.Epoch, page.Head.Last),
                HasEarlier = page.Messages.Count == Messages,
                IsNewest = before is null,
                Reader = room.PersonOf(caller).Person,
                ChosenName = caller.Name,
                EditTime = options.Current.EditTime,
                Now = time.GetUtcNow(),
            },
            null);
    }

    private static Caller Named(HttpContext context, Caller caller) =>
        caller.Role is ChatRole.Guest
        && context.Request.Cookies[NameCookie] is { Length: > 0 and <= Nickname.Longest } name
            ? caller with { Name = name }
            : caller;

    private static void Remember(HttpContext context, string? name)
    {
        if (name is null or { Length: > Nickname.Longest })
        {
            context.Response.Cookies.Delete(NameCookie);
            return;
        }

        context.Response.Cookies.Append(NameCookie, name, new CookieOptions
        {
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
            IsEssential = true,
        });
    }

    // A form ends its lines with two characters; who reads it elsewhere expects one.
    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private sealed record Said(ChatOutcome Outcome);

    private sealed record Seen(ChatView? View, ChatRefusal? Refusal);
}
