using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Auth;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>Writes down what is decided about a request by those who decide.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteExplanation(
    RequestRules rules, RouteGuard guard, InstanceChooser chooser, OutgoingRequest outgoing, BuiltInPaths builtIn,
    IRegistryView registry)
{
    public async Task WriteAsync(HttpContext request, Utf8JsonWriter json)
    {
        json.WriteString("method", request.Request.Method);
        json.WriteString("url", AccessLine.Redact(request.Features.Get<IHttpRequestFeature>()!.RawTarget));
        var trials = new List<RouteTrial>();
        var decision = rules.Decide(request, trials);
        WriteTrials(json, trials);
        if (decision.Route is { } route)
        {
            WriteRoute(json, route);
        }

        if (decision.Kind is DecisionKind.PassOn)
        {
            json.WriteString("verdict", decision.Target.Text is null ? "own" : "no-route");
            json.WriteString("why", decision.Target.Text is null
                ? "The path belongs to this server's own services; no route is about it."
                : "No route is about it.");
            return;
        }

        if (decision.Kind is DecisionKind.Refuse)
        {
            WriteRefusal(json, decision.Problem!);
            return;
        }

        request.Connection.RemoteIpAddress = decision.Peer.Address;
        var (key, problem) = await guard.CheckAsync(request, decision.Route!, decision.Peer.Address, isTrial: true);
        json.WriteString("key", key?.Id);
        if (problem is not null)
        {
            WriteRefusal(json, problem);
        }
        else if (decision.Kind is DecisionKind.ServeHere)
        {
            json.WriteString("verdict", "own");
            json.WriteString("why", "The path belongs to this server's own services; the route's limits hold for it.");
        }
        else
        {
            WriteInstance(json, request, decision, key);
        }
    }

    private void WriteInstance(Utf8JsonWriter json, HttpContext request, RouteDecision decision, StoredKey? key)
    {
        var config = decision.Route!.Config;
        var service = registry.Current?.Find(config.Service);
        var choice = service is null
            ? default
            : chooser.Choose(service, RouteForwarding.Pick(config, key, decision.Peer), null);
        if (choice.Instance is not { } instance || choice.Traffic is not { } traffic)
        {
            WriteRefusal(json, RouteForwarding.Nobody(config, service, choice.Wait));
            return;
        }

        var isLoop = traffic.IsHere
            && builtIn.Find(OutgoingRequest.PathOf(decision, traffic.BasePath).Value!) is null;
        json.WriteString("verdict", isLoop ? "refused" : traffic.IsHere ? "here" : "forward");
        json.WriteStartObject("instance");
        json.WriteString("id", instance.Id);
        json.WriteString("url", traffic.Url);
        json.WriteString("why", $"{WhyOf(config.Pick)}; {service!.Everywhere.Instances.Length} take calls, "
            + $"{traffic.Load.InFlight} in flight here, circuit {GatewayStatus.Text(traffic.Circuit.Phase)}.");
        json.WriteEndObject();
        if (isLoop)
        {
            WriteProblem(json, RequestRules.Loop());
            return;
        }

        if (traffic.IsHere)
        {
            return;
        }

        var sent = new ForwardRequest();
        outgoing.Write(request, decision, traffic, key, null, mayDiscard: false, sent);
        WriteRequest(json, sent);
    }

    private static void WriteRequest(Utf8JsonWriter json, ForwardRequest sent)
    {
        json.WriteStartObject("sent");
        json.WriteString("target", AccessLine.Redact(sent.Target));
        json.WriteString("host", sent.Host);
        json.WriteString("protocol", RouteJson.ProtocolText(sent.IsHttp2));
        json.WriteStartArray("fields");
        foreach (var (name, _) in sent.Headers)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTrials(Utf8JsonWriter json, List<RouteTrial> trials)
    {
        json.WriteStartArray("tried");
        foreach (var (route, why) in trials)
        {
            json.WriteStartObject();
            json.WriteString("route", route.Config.Id);
            json.WriteString("path", route.Config.Path.Text);
            json.WriteString("why", why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRoute(Utf8JsonWriter json, RouteModel route)
    {
        var config = route.Config;
        json.WriteStartObject("route");
        json.WriteString("id", config.Id);
        json.WriteString("source", RouteJson.Text(config.Source));
        json.WriteString("path", config.Path.Text);
        json.WriteString("service", config.Service);
        json.WriteString("rule", config.Path.IsPrefix
            ? $"The longest path of a route that it begins with is '{config.Path.Text}'."
            : $"The path of the route is exactly '{config.Path.Text}'.");
        json.WriteEndObject();
    }

    private static void WriteRefusal(Utf8JsonWriter json, Problem problem)
    {
        json.WriteString("verdict", "refused");
        WriteProblem(json, problem);
    }

    private static void WriteProblem(Utf8JsonWriter json, Problem problem)
    {
        json.WriteNumber("status", problem.Status);
        json.WriteString("problem", problem.Type.Name);
        json.WriteString("why", problem.Detail);
    }

    private static string WhyOf(PickPolicy pick) => pick switch
    {
        PickPolicy.RoundRobin => "It has the turn",
        PickPolicy.Sticky => "It is the one for this key or address",
        _ => "Of two by chance it has fewer requests in flight",
    };
}
