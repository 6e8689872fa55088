using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Nodes;

/// <summary>What an operator asks of a node.</summary>
internal static class NodeEndpoints
{
    public const string Path = "/nodes";

    private const string Scope = "nodes:read";

    /// <summary>Where this node leads, for who is on its host or has a key.</summary>
    public static void MapNodes(this IEndpointRouteBuilder routes) =>
        routes.MapRead(Path, WriteAsync).RequireScope(Scope, openOnLoopback: true);

    /// <summary>
    /// What a follower answers itself: whether it is alive and ready, and to who is on its host what it knows and its
    /// metrics. All else is the leader's to answer.
    /// </summary>
    public static void UseFollower(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        services.GetRequiredService<MetricsCollector>();
        var forwarding = services.GetRequiredService<LeaderForwarding>();
        var probe = services.GetRequiredService<LeaderProbe>();
        var state = services.GetRequiredService<NodeState>();
        var shows = services.GetRequiredService<NodeOptions>().ShowNode;
        app.Run(context =>
        {
            var answer = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
                ? null
                : OwnAnswer(context);
            if (answer is null)
            {
                return forwarding.ServeAsync(context);
            }

            if (shows)
            {
                context.Response.Headers[NodeProofMiddleware.NodeField] = state.Name;
            }

            return answer(context);
        });

        RequestDelegate? OwnAnswer(HttpContext context) => context.Request.Path.Value switch
        {
            "/healthz" => static c => WriteTextAsync(c, "ok"),
            "/readyz" when !context.Request.Headers.ContainsKey(NodeProof.Field) => c => WriteReadyAsync(c, probe),
            Path when IsHere(context) => WriteAsync,
            "/metrics" when IsHere(context) => WriteMetricsAsync,
            _ => null,
        };
    }

    private static async Task WriteReadyAsync(HttpContext context, LeaderProbe probe)
    {
        if (await probe.AskAsync(context.RequestAborted) is { } reason)
        {
            await new Problem(ProblemType.NotReady, $"Not ready yet: {reason}.").WriteAsync(context);
        }
        else
        {
            await WriteTextAsync(context, "ready");
        }
    }

    private static Task WriteAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (state, options) = (services.GetRequiredService<NodeState>(), services.GetRequiredService<NodeOptions>());
        var note = services.GetRequiredService<NodeNotes>().Leader;
        var leader = state.Leader;
        context.Response.ContentType = MediaType.Json;
        context.Response.Headers.CacheControl = "no-store";
        using (var json = JsonReply.Writer(context))
        {
            json.WriteStartObject();
            json.WriteString("node", state.Name);
            json.WriteString("role", state.Role switch
            {
                NodeRole.Leader => "leader",
                NodeRole.Starting => "starting",
                _ => "follower",
            });
            json.WriteString("address", Text(state.Address));
            if (leader is null)
            {
                json.WriteNull("leader");
            }
            else
            {
                json.WriteStartObject("leader");
                json.WriteString("node", leader.Name);
                json.WriteString("address", Text(leader.Address));
                if (note?.Holder == leader.Holder)
                {
                    json.WriteNumber("term", note.Term);
                    if (note.Since is { } since)
                    {
                        json.WriteString("since", since.UtcDateTime);
                    }
                }

                json.WriteEndObject();
            }

            json.WriteNumber("lease_seconds", options.Lease.TotalSeconds);
            json.WriteNumber("takeovers", state.Takeovers);
            json.WriteEndObject();
        }

        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    // Not by a proxy on this host, which speaks for others.
    private static bool IsHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address
        || (IPAddress.IsLoopback(AddressList.Plain(address))
            && !context.Request.Headers.ContainsKey("X-Forwarded-For")
            && !context.Request.Headers.ContainsKey("Forwarded")
            && !context.Request.Headers.ContainsKey(NodeProof.Field));

    private static Task WriteMetricsAsync(HttpContext context)
    {
        var collector = context.RequestServices.GetRequiredService<MetricsCollector>();
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(PrometheusText.Write(collector.Collect()), context.RequestAborted);
    }

    private static Task WriteTextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
