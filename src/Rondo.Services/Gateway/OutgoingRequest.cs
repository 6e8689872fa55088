using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Auth;
using Rondo.Services.Gateway.Framing;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>Writes a request as a service gets it.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class OutgoingRequest(HopTrail hops, IdentityTokens identities, LiveOptions<AuthOptions> auth)
{
    public const string DeadlineField = "X-Request-Deadline";

    private const string RequestId = "X-Request-Id";
    private const string QueryKey = "key";
    private const string WebSocket = "websocket";

    private DeadlineText? _lastDeadline;

    /// <param name="context">The client's request.</param>
    /// <param name="decision">What was decided about it.</param>
    /// <param name="traffic">Who gets it.</param>
    /// <param name="key">Whose it is; null when nobody had to show a key.</param>
    /// <param name="deadline">Until when there must be an answer.</param>
    /// <param name="mayDiscard">Whether another instance can be asked after this one.</param>
    /// <param name="made">Becomes that request.</param>
    public void Write(
        HttpContext context, in RouteDecision decision, InstanceTraffic traffic, StoredKey? key,
        DateTimeOffset? deadline, bool mayDiscard, ForwardRequest made)
    {
        var (request, route) = (context.Request, decision.Route!.Config);
        made.Clear();
        made.Upstream = traffic.Upstream;
        made.Method = request.Method;
        made.Target = TargetOf(decision, traffic.BasePath);
        made.Host = route.PassesHost && FieldValue.Checked(request.Host.Value) is { Length: > 0 } host
            ? host
            : traffic.Authority;
        made.IsHttp2 = route.IsHttp2 || traffic.IsHttp2;
        made.Limits = route.Times.Limits;
        made.Discards = mayDiscard ? route.Retry.Discards : null;
        var fields = made.Headers;
        HeaderRules.Copy(request.Headers, Nominated(context), route.Auth, fields);
        ForwardedFields.Write(context, decision.Peer, route.Strip, fields);
        Add("Via", hops.Via(request));
        Add(HopTrail.LoopField, hops.Loop(request));
        Add(RequestId, FieldValue.Checked(context.TraceIdentifier));
        if (deadline is { } until)
        {
            Add(DeadlineField, TextOf(until));
        }

        if (key is not null)
        {
            Add("Authorization", identities.Of(key, route.Service));
        }

        void Add(string name, StringValues value) => fields.Add(KeyValuePair.Create(name, value));
    }

    /// <summary>
    /// Lets no upgrade but a WebSocket's reach who forwards: HTTP/2 by upgrade (<c>h2c</c>) would carry requests past
    /// every rule.
    /// </summary>
    public static void RefuseUpgrades(HttpRequest request)
    {
        if (request.Headers.Upgrade is { Count: > 0 } upgrade
            && !(upgrade is [{ } one] && one.Equals(WebSocket, StringComparison.OrdinalIgnoreCase)))
        {
            request.Headers.Remove("Upgrade");
        }
    }

    /// <summary>The path that a service gets, as routing in this process takes it.</summary>
    public static PathString PathOf(in RouteDecision decision, string basePath) => PathString.FromUriComponent(
        Rewritten(decision.Target.Path.ToString(), decision.Route!.Config.Strip, basePath));

    // The server leaves one word of several in the field; without the field there are none.
    private static string? Nominated(HttpContext context) => context.Request.Headers.Connection.Count == 0
        ? null
        : context.Features.Get<StrictFramingReader>()?.Nominated;

    /// <summary>Path and query as the service gets them.</summary>
    private string TargetOf(in RouteDecision decision, string basePath)
    {
        var (target, route) = (decision.Target, decision.Route!.Config);
        if (target.PathLength < target.Text.Length && route.Auth.Kind is not AuthKind.Own)
        {
            target = WithoutKeys(target, route.Auth.Kind is AuthKind.Key);
        }

        return Rewritten(target.Text, route.Strip, basePath);
    }

    // Requests that come in the same millisecond have the same.
    private string TextOf(DateTimeOffset deadline)
    {
        var millisecond = deadline.UtcTicks / TimeSpan.TicksPerMillisecond;
        var last = Volatile.Read(ref _lastDeadline);
        if (last?.Millisecond != millisecond)
        {
            last = new DeadlineText(
                millisecond,
                deadline.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            Volatile.Write(ref _lastDeadline, last);
        }

        return last.Text;
    }

    private static string Rewritten(string text, string strip, string basePath)
    {
        if (strip.Length > 0)
        {
            text = text.Length > strip.Length && text[strip.Length] == '/'
                ? text[strip.Length..]
                : "/" + text[strip.Length..];
        }

        return basePath.Length == 0 ? text : basePath + text;
    }

    // Where a key is asked for, it may stand in the address; elsewhere the names are the service's, and only what is
    // one of our keys goes no further.
    private RequestTarget WithoutKeys(RequestTarget target, bool isGuarded)
    {
        var query = target.Text.AsSpan(target.PathLength);
        var isKey = isGuarded && auth.Current.QueryKeys;
        if (!query.Contains("ak_", StringComparison.Ordinal) && !query.Contains("tk_", StringComparison.Ordinal)
            && !(isGuarded && (isKey || query.Contains("ticket", StringComparison.OrdinalIgnoreCase))))
        {
            return target;
        }

        return target.Without((name, value) =>
            (isGuarded && name.Equals(Tickets.Parameter, StringComparison.OrdinalIgnoreCase))
            || (isKey && name.Equals(QueryKey, StringComparison.OrdinalIgnoreCase))
            || ApiKey.IsShaped(value) || value.StartsWith("tk_", StringComparison.Ordinal));
    }

    private sealed record DeadlineText(long Millisecond, string Text);
}
