using System.Net;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>The webhooks of alarms.</summary>
internal sealed class NoiseHookEndpoints(
    NoiseHookStore hooks, IEventStore store, LiveOptions<NoiseOptions> options)
{
    private const int LongestUrl = 2000;

    private static readonly string[] Members = ["url"];

    public void Map(IEndpointRouteBuilder routes)
    {
        var guarded = routes.MapGroup("").RequireScope(NoiseRoomEndpoints.WriteScope);
        guarded.MapRead("/noise/webhooks", ListAsync);
        guarded.MapPut("/noise/webhooks/{hook}", PutAsync);
        guarded.MapDelete("/noise/webhooks/{hook}", DeleteAsync);
    }

    private Task ListAsync(HttpContext context) => JsonReply.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("webhooks");
        foreach (var hook in hooks.All)
        {
            json.WriteStartObject();
            json.WriteString("hook", hook.Name);
            json.WriteString("url", OutboundHttp.Name(new Uri(hook.Url)));
            json.WriteString("delivered", hook.Cursor);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private async Task PutAsync(HttpContext context)
    {
        var name = HookOf(context);
        if (!NoiseName.Is(name))
        {
            await new NoiseRefusal(NoiseProblems.UnusableName, NoiseName.Rule("A webhook's name")).WriteAsync(context);
            return;
        }

        var url = await NoiseRequests.ReadAsync(context, Members, body =>
            NoiseRequests.Text(body, "url") is { Length: <= LongestUrl } text
            && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
                ? address
                : throw new FormatException("'url' is an http or https address without a name and a password."));
        if (url is null)
        {
            return;
        }

        if (Refuse(name, url) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }

        try
        {
            var head = (await store.ReadBackAsync(NoiseMonitor.AlarmStream, null, 1, context.RequestAborted)).Head;
            var next = new StreamCursor(head.Epoch, head.Last).ToString();
            var secret = hooks.Put(name, url.AbsoluteUri, next);
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.Headers.CacheControl = "no-store";
            await JsonReply.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteString("hook", name);
                json.WriteString("secret", secret);
                json.WriteString("delivered", next);
                json.WriteEndObject();
            });
        }
        catch (EventStoreException error)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
    }

    private Task DeleteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return hooks.Remove(HookOf(context))
            ? Task.CompletedTask
            : new NoiseRefusal(NoiseProblems.NoHook, "There is no such webhook.").WriteAsync(context);
    }

    private NoiseRefusal? Refuse(string name, Uri url) =>
        hooks.All.Count >= NoiseHookStore.Most && hooks.All.All(h => h.Name != name)
            ? new NoiseRefusal(NoiseProblems.TooMany, $"There are {NoiseHookStore.Most} webhooks already.")
        : !options.Current.PrivateWebhooks && IPAddress.TryParse(url.DnsSafeHost, out var address)
            && !PublicAddress.IsPublic(address)
            ? new NoiseRefusal(
                NoiseProblems.UnusableAddress,
                "Private networks and this machine are called only with 'Noise:PrivateWebhooks'.")
        : null;

    private static string HookOf(HttpContext context) => (string)context.Request.RouteValues["hook"]!;
}
