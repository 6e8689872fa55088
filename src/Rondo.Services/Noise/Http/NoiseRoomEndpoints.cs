using System.Text.Json;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>The rooms: who is loud now, what was decided about each.</summary>
internal sealed class NoiseRoomEndpoints(NoiseLoop loop, NoiseMonitor monitor, NoiseBook book)
{
    public const string WriteScope = "noise:write";

    private const double LowestLimit = 0;
    private const double HighestLimit = 140;

    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    private static readonly string[] Members = ["name", "kind", "goal", "loud", "hold", "hours"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/noise/rooms", ListAsync).WithMetadata(AnyOrigin.Instance);
        routes.MapRead("/noise/rooms/{room}", GetAsync).WithMetadata(AnyOrigin.Instance);
        routes.MapPut("/noise/rooms/{room}", PutAsync).RequireScope(WriteScope);
        routes.MapDelete("/noise/rooms/{room}", DeleteAsync).RequireScope(WriteScope);
    }

    private Task ListAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, NoiseJson.Levels(book.Current));
    }

    private async Task GetAsync(HttpContext context)
    {
        var id = NoiseRequests.RoomOf(context);
        var config = await loop.AskAsync(() => monitor.Find(id)?.Config);
        var snapshot = book.Current;
        if (config is null || snapshot.Find(id) is not { } room)
        {
            await NoiseProblems.Missing(id).WriteAsync(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("at", StreamJson.Text(snapshot.At));
            NoiseJson.WriteLevels(json, room, snapshot.At);
            json.WriteString("hold", NoiseJson.Hold(config));
            if (config.Hours is { } hours)
            {
                json.WriteString("hours", hours);
            }

            json.WriteEndObject();
        });
    }

    private async Task PutAsync(HttpContext context)
    {
        var id = NoiseRequests.RoomOf(context);
        if (!NoiseName.Is(id))
        {
            await new NoiseRefusal(NoiseProblems.UnusableName, NoiseName.Rule("A room's id")).WriteAsync(context);
            return;
        }

        if (await NoiseRequests.ReadAsync(context, Members, body => Change(id, body)) is not { } change)
        {
            return;
        }

        try
        {
            var (isNew, refusal) = await loop.AskAsync(() => monitor.PutAsync(id, change));
            if (refusal is not null)
            {
                await refusal.WriteAsync(context);
                return;
            }

            var config = await loop.AskAsync(() => monitor.Find(id)?.Config ?? change(null));
            context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                NoiseJson.WriteConfig(json, config);
                json.WriteEndObject();
            });
        }
        catch (NoiseSettingException error)
        {
            await error.Refusal.WriteAsync(context);
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        try
        {
            var refusal = await loop.AskAsync(() => monitor.DeleteAsync(NoiseRequests.RoomOf(context)));
            if (refusal is not null)
            {
                await refusal.WriteAsync(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    // What is not said stays; another kind proposes its own limits.
    private static Func<NoiseRoomConfig?, NoiseRoomConfig> Change(string id, JsonElement body)
    {
        var (name, kind, hold, hours) = (
            NoiseRequests.Text(body, "name"), NoiseRequests.Text(body, "kind"),
            NoiseRequests.Text(body, "hold"), NoiseRequests.Text(body, "hours"));
        var (goal, loud) = (NoiseRequests.Number(body, "goal"), NoiseRequests.Number(body, "loud"));
        var asked = kind is null ? null : NoiseKind.Find(kind) ?? throw NoiseRequests.Unusable(
            $"'kind' is one of {string.Join(", ", NoiseKind.All.Select(k => k.Id))}.");
        if (name is not null && !NoiseName.IsText(name))
        {
            throw NoiseRequests.Unusable($"'name' has 1 to {NoiseName.LongestText} characters on one line.");
        }

        if (IsOut(goal) || IsOut(loud))
        {
            throw NoiseRequests.Unusable($"'goal' and 'loud' are {LowestLimit} to {HighestLimit} dB.");
        }

        TimeSpan? held = hold is null ? null
            : DurationText.Parse(hold) is { } time && time >= TimeSpan.FromSeconds(1) && time <= LongestHold ? time
            : throw NoiseRequests.Unusable("'hold' is a time such as 10s, from 1s to 10m.");
        var counted = hours is null or "" ? null
            : (NoiseHours.Parse(hours) ?? throw NoiseRequests.Unusable("'hours' are such as 08:00-16:00.")).ToString();
        return present =>
        {
            var start = present ?? NoiseRoomConfig.Of(id, asked ?? NoiseKind.Find("other")!);
            var limits = asked ?? new NoiseKind(start.Kind, start.Goal, start.Loud);
            var changed = start with
            {
                Name = name ?? start.Name,
                Kind = limits.Id,
                Goal = goal ?? limits.Goal,
                Loud = loud ?? limits.Loud,
                Hold = held ?? start.Hold,
                Hours = hours is null ? start.Hours : counted,
            };
            return changed.Goal <= changed.Loud
                ? changed
                : throw NoiseRequests.Unusable("'goal' is not above 'loud'.");
        };
    }

    private static bool IsOut(double? limit) => limit is < LowestLimit or > HighestLimit;
}
