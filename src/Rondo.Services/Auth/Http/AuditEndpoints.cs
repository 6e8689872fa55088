using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// What happened with keys and rooms: as events, as pages that can be searched, and whether it is whole.
/// </summary>
internal sealed class AuditEndpoints(IEventStore store, StreamFeed feed, Credentials credentials)
{
    public const string Scope = "auth:audit";

    private const int DefaultLimit = 100;

    // A search that finds little goes on with the next page.
    private const int MostLookedAt = 5000;

    private static readonly string[] Names = ["since", "actor", "action", "after", "limit"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/auth/audit", ServeAsync).RequireScope(Scope);
        routes.MapRead("/auth/audit/verify", VerifyAsync).RequireScope(Scope);
    }

    private Task ServeAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        var form = MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, StreamFeed.EventStream);
        var isLive = WebSocketHandshake.IsAsked(context)
            || form is not MediaType.Json || context.Request.Query.ContainsKey("wait");
        if (!isLive || HttpMethods.IsHead(context.Request.Method))
        {
            return SearchAsync(context);
        }

        return credentials.ServeWithKeyAsync(
            context, () => feed.ServeAsync(context, AuditChain.Stream, StreamStart.Live));
    }

    private async Task SearchAsync(HttpContext context)
    {
        if (Parse(context, out var search) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        try
        {
            await WritePageAsync(context, search);
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private async Task WritePageAsync(HttpContext context, Search search)
    {
        var (found, cursor, looked) = (new List<StreamEvent>(), search.After, 0);
        while (true)
        {
            var page = await store.ReadAsync(AuditChain.Stream, cursor, StreamLimits.LargestPage, context.RequestAborted);
            if (page.IsReset)
            {
                await StreamProblems.Reset(page.Head).WriteAsync(context);
                return;
            }

            cursor ??= new StreamCursor(page.Head.Epoch, page.Head.First - 1);
            foreach (var stored in page.Events)
            {
                (cursor, looked) = (new StreamCursor(page.Head.Epoch, stored.Seq), looked + 1);
                if (search.Fits(stored))
                {
                    found.Add(stored);
                }

                if (found.Count == search.Limit || looked == MostLookedAt)
                {
                    break;
                }
            }

            if (page.Events.Count == 0 || found.Count == search.Limit || looked == MostLookedAt)
            {
                break;
            }
        }

        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("next", cursor.ToString());
            json.WriteStartArray("events");
            foreach (var stored in found)
            {
                json.WriteStartObject();
                StreamJson.WriteMembers(json, stored with { Key = null });
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task VerifyAsync(HttpContext context)
    {
        try
        {
            var seen = context.Request.Query["head"] is [{ Length: > 0 } head] ? head : null;
            var report = await AuditCheck.RunAsync(store, seen, context.RequestAborted);
            context.Response.Headers.CacheControl = "no-store";
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("intact", report.BrokenAt is null && report.HasSeen);
                json.WriteNumber("events", report.Events);
                json.WriteNumber("older", report.Older);
                json.WriteString("head", report.Head);
                if (report.BrokenAt is { } seq)
                {
                    json.WriteNumber("broken_at", seq);
                }

                if (seen is not null)
                {
                    json.WriteBoolean("has_head", report.HasSeen);
                }

                json.WriteEndObject();
            });
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private static Problem? Parse(HttpContext context, out Search search)
    {
        search = new Search(null, null, null, null, DefaultLimit);
        foreach (var (name, values) in context.Request.Query)
        {
            if (!Names.Contains(name))
            {
                return new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no such parameter here; there are {string.Join(", ", Names)}.");
            }

            if (values is not [{ } text])
            {
                return new Problem(ProblemType.RepeatedParameter, $"'{name}' is given twice; give it once.");
            }

            if (search.With(name, text) is not { } wider)
            {
                return new Problem(
                    ProblemType.InvalidParameter,
                    "'since' is a moment such as 2026-11-20T18:00:00Z, 'after' a cursor of this stream, "
                        + $"'limit' a number from 1 to {StreamLimits.LargestPage}.");
            }

            search = wider;
        }

        return null;
    }

    private sealed record Search(DateTimeOffset? Since, string? Actor, string? Action, StreamCursor? After, int Limit)
    {
        public Search? With(string name, string text) => name switch
        {
            "actor" => this with { Actor = text },
            "action" => this with { Action = text },
            "after" => StreamCursor.TryParse(text, out var cursor) ? this with { After = cursor } : null,
            "limit" => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                && limit is >= 1 and <= StreamLimits.LargestPage ? this with { Limit = limit } : null,
            _ => DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                ? this with { Since = since } : null,
        };

        // chat.mute is an action, and chat is all of its actions.
        public bool Fits(StreamEvent stored) =>
            (Since is null || stored.At >= Since)
            && (Action is null || stored.Type == Action
                || stored.Type.StartsWith(Action + ".", StringComparison.Ordinal))
            && (Actor is null || IsBy(stored, Actor));

        private static bool IsBy(StreamEvent stored, string actor)
        {
            using var document = JsonDocument.Parse(stored.Data);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && (document.RootElement.TryGetProperty("actor", out var by)
                    || document.RootElement.TryGetProperty("by", out by))
                && by.ValueKind is JsonValueKind.String
                && by.GetString() == actor;
        }
    }
}
