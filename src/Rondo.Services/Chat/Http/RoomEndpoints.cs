using System.Buffers;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Chat.Http;

/// <summary>The rooms themselves: making, changing, keeping order, taking out what is in them.</summary>
internal sealed class RoomEndpoints(ChatDesk desk, ChatLoop loop, RoomDirectory rooms, ChatSockets sockets)
{
    private const int MostWritten = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/chat/status", StatusAsync);
        routes.MapRead("/chat/rooms", ListAsync);
        routes.MapPut("/chat/rooms/{room}", PutAsync);
        routes.MapDelete("/chat/rooms/{room}", DeleteAsync);
        routes.MapRead("/chat/rooms/{room}/presence", PresenceAsync);
        routes.MapPost("/chat/rooms/{room}/moderation", ModerateAsync);
        routes.MapPost("/chat/rooms/{room}/reports", ReportAsync);
        routes.MapRead("/chat/rooms/{room}/export", ExportAsync);
        routes.MapDelete("/chat/rooms/{room}/people/{person}/messages", EraseAsync);
    }

    private async Task StatusAsync(HttpContext context)
    {
        var (all, open) = await loop.AskAsync(async () => ((await rooms.ListAsync()).Count, rooms.OpenRooms));
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("rooms", all);
            json.WriteNumber("open", open);
            json.WriteNumber("connections", sockets.Connections);
            json.WriteEndObject();
        });
    }

    private async Task ListAsync(HttpContext context)
    {
        var list = await loop.AskAsync(rooms.ListAsync);
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("rooms");
            foreach (var (config, present) in list)
            {
                json.WriteStartObject();
                json.WriteString("room", config.Name);
                ChatJson.WriteConfig(json, config);
                json.WriteNumber("present", present);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task PutAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller
            || await RoomOrders.SettingsAsync(context) is not { } change)
        {
            return;
        }

        try
        {
            var (isNew, refusal) = await loop.AskAsync(
                () => rooms.PutAsync(caller, ChatDesk.RoomOf(context), change));
            if (refusal is not null)
            {
                await ChatDesk.RefuseAsync(context, refusal);
                return;
            }

            context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
            var config = await desk.AskAsync(context, room => Task.FromResult(room.Config));
            await JsonReply.WriteAsync(context, ChatJson.Object(json =>
            {
                json.WriteString("room", config!.Name);
                ChatJson.WriteConfig(json, config);
            }));
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller)
        {
            return;
        }

        var refusal = await loop.AskAsync(() => rooms.DeleteAsync(caller, ChatDesk.RoomOf(context)));
        if (refusal is not null)
        {
            await ChatDesk.RefuseAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task PresenceAsync(HttpContext context)
    {
        if (await desk.ReaderAsync(context) is null
            || await desk.AskAsync(context, room => Task.FromResult(new Here(room.Here))) is not { } here)
        {
            return;
        }

        await JsonReply.WriteAsync(context, ChatJson.Object(json =>
        {
            json.WriteString("room", ChatDesk.RoomOf(context));
            json.WriteStartArray("present");
            foreach (var person in here.State.Present)
            {
                json.WriteStartObject();
                ChatJson.WritePersonMembers(json, person);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("typing");
            foreach (var id in here.State.Typing)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
        }));
    }

    private async Task ModerateAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller && await RoomOrders.ModerationAsync(context) is { } order)
        {
            await desk.DoAsync(
                context, "ack", StatusCodes.Status200OK, null, room => room.ModerateAsync(caller, order));
        }
    }

    private async Task ReportAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is { } caller && await RoomOrders.ReportAsync(context) is { } seq)
        {
            await desk.DoAsync(
                context, "ack", StatusCodes.Status204NoContent, null, room => room.ReportAsync(caller, seq));
        }
    }

    private async Task ExportAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller
            || await desk.AskAsync(context, room => Task.FromResult(new Export(room, room.MayExport(caller))))
                is not { } export)
        {
            return;
        }

        if (export.Refusal is { } refusal)
        {
            await ChatDesk.RefuseAsync(context, refusal);
            return;
        }

        context.Response.ContentType = MediaType.Ndjson;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{export.Room.Name}.jsonl\"";
        await foreach (var read in export.Room.AllAsync())
        {
            context.Response.BodyWriter.Write(ChatJson.Event(export.Room.Name, read));
            context.Response.BodyWriter.Write("\n"u8);
            if (context.Response.BodyWriter.UnflushedBytes > MostWritten)
            {
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private async Task EraseAsync(HttpContext context)
    {
        if (await desk.CallerAsync(context) is not { } caller)
        {
            return;
        }

        var person = (string)context.Request.RouteValues["person"]!;
        if (await desk.AskAsync(context, async room => new Erased(await room.ErasePersonAsync(caller, person)))
            is not { } erased)
        {
            return;
        }

        var (count, refusal) = erased.Outcome;
        await (refusal is not null
            ? ChatDesk.RefuseAsync(context, refusal)
            : JsonReply.WriteAsync(context, ChatJson.Object(json => json.WriteNumber("erased", count))));
    }

    private sealed record Here((IReadOnlyList<Person> Present, IReadOnlyList<string> Typing) State);

    private sealed record Export(Room Room, ChatRefusal? Refusal);

    private sealed record Erased((int Count, ChatRefusal? Refusal) Outcome);
}
