using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>A line of the log for each request on a route, when that is wanted: without what is secret.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class AccessLine(
    LiveOptions<GatewayOptions> options, TimeProvider time, ILogger<AccessLine> logger)
{
    private const string Hidden = "...";

    // Anywhere in the name of a parameter.
    private static readonly string[] Secrets =
    [
        "key", "token", "secret", "passw", "pwd", "ticket", "sig", "auth", "session", "credential", "code", "jwt",
    ];

    public void Write(
        HttpContext context, in RouteDecision decision, StoredKey? key, ServiceInstance? instance, long began)
    {
        if (options.Current.AccessLog && logger.IsEnabled(LogLevel.Information))
        {
            GatewayLog.Access(
                logger, decision.Peer.Address?.ToString(), key?.Id ?? "-", context.Request.Method,
                Redact(context.Features.Get<IHttpRequestFeature>()!.RawTarget), context.Response.StatusCode,
                (long)time.GetElapsedTime(began).TotalMilliseconds, decision.Route?.Config.Id ?? "-",
                instance?.Id ?? "-", context.TraceIdentifier);
        }
    }

    /// <summary>An address with the values of parameters left out whose names speak of secrets.</summary>
    public static string Redact(string target)
    {
        var question = target.IndexOf('?');
        return question < 0 ? target : string.Concat(
            target.AsSpan(0, question + 1),
            string.Join('&', target[(question + 1)..].Split('&').Select(RedactOne)));
    }

    private static string RedactOne(string parameter)
    {
        var equals = parameter.IndexOf('=');
        var name = equals < 0 ? parameter : parameter[..equals];
        var plain = Uri.UnescapeDataString(name);
        return equals >= 0 && Secrets.Any(s => plain.Contains(s, StringComparison.OrdinalIgnoreCase))
            ? $"{name}={Hidden}"
            : parameter;
    }
}
