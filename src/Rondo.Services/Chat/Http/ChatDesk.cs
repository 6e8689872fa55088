using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat.Http;

/// <summary>What all routes of a room share: who asks, which room, what comes back.</summary>
internal sealed class ChatDesk(
    ChatLoop loop, RoomDirectory rooms, CallerOf callerOf, LiveOptions<ChatOptions> options)
{
    /// <summary>Who changes something; null after an answer that says why they may not.</summary>
    public async Task<Caller?> CallerAsync(HttpContext context)
    {
        var (caller, problem) = await callerOf.PostAsync(context);
        problem ??= SameOrigin.Refuse(context, options.Current.AllowedOrigins);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return null;
        }

        return caller;
    }

    /// <summary>Who reads from a room; null after an answer that says why they may not.</summary>
    public async Task<Caller?> ReaderAsync(HttpContext context)
    {
        var (caller, problem) = await callerOf.ReadAsync(context, RoomOf(context));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return null;
        }

        return caller;
    }

    /// <summary>Asks something of the room that the path names; default after an answer that says why not.</summary>
    public async Task<T?> AskAsync<T>(HttpContext context, Func<Room, Task<T>> ask)
        where T : class
    {
        var name = RoomOf(context);
        try
        {
            var (isThere, answer) = await loop.AskAsync(async () =>
                await rooms.FindAsync(name) is { } room ? (true, await ask(room)) : (false, default(T)));
            if (isThere)
            {
                return answer;
            }

            await RefuseAsync(context, RoomDirectory.NoRoom(name));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }

        return default;
    }

    /// <summary>Does something in the room that the path names and answers with where the event lies.</summary>
    public async Task DoAsync(
        HttpContext context, string type, int status, string? clientId, Func<Room, Task<ChatOutcome>> act)
    {
        var done = await AskAsync(context, async room => new Done(await act(room)));
        if (done is null)
        {
            return;
        }

        if (done.Outcome.Refusal is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent)
        {
            return;
        }

        var (name, stored) = (RoomOf(context), done.Outcome.Stored);
        if (status == StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = string.Create(
                CultureInfo.InvariantCulture, $"/chat/rooms/{name}/messages?around={stored.Seq}&limit=1");
        }

        await JsonReply.WriteAsync(context, ChatJson.Stored(type, name, clientId, stored));
    }

    public static Task RefuseAsync(HttpContext context, ChatRefusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        }

        return new Problem(refusal.Type, refusal.Detail).WriteAsync(context);
    }

    public static string RoomOf(HttpContext context) =>
        context.Request.RouteValues["room"] as string ?? RoomDirectory.Lobby;

    private sealed record Done(ChatOutcome Outcome);
}
