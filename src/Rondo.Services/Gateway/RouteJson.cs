using System.Text.Json;
using Rondo.Services.Auth;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>Writes a route as <see cref="RouteBody"/> reads it.</summary>
internal static class RouteJson
{
    public static void WriteMembers(Utf8JsonWriter json, RouteConfig route)
    {
        json.WriteStartObject("match");
        json.WriteString("host", route.Host);
        json.WriteString("path", route.Path.Text);
        WriteTexts(json, "methods", route.Methods);
        json.WriteEndObject();
        json.WriteString("service", route.Service);
        json.WriteStartObject("rewrite");
        json.WriteString("strip", route.Strip);
        json.WriteBoolean("pass_host", route.PassesHost);
        json.WriteEndObject();
        WriteAuth(json, route);
        json.WriteStartObject("retry");
        json.WriteNumber("attempts", route.Retry.Attempts);
        WriteTexts(json, "on", Causes(route.Retry.On));
        json.WriteEndObject();
        WriteTimes(json, route.Times);
        if (route.Limit is { } limit)
        {
            json.WriteStartObject("limit");
            json.WriteString("rate", KeyTexts.Text(limit.Rate));
            json.WriteNumber("burst", limit.Burst);
            json.WriteString("by", Text(limit.By));
            json.WriteEndObject();
        }

        json.WriteString("max_body", SizeText.Format(route.MaxBody));
        json.WriteNumber("priority", route.Priority);
        json.WriteString("encoded", route.AllowsEncoded ? "forward" : "refuse");
        json.WriteString("protocol", ProtocolText(route.IsHttp2));
        json.WriteString("pick", Text(route.Pick));
    }

    public static string Text(RouteSource source) => source switch
    {
        RouteSource.Settings => "settings",
        RouteSource.Stored => "stored",
        _ => "registered",
    };

    public static string ProtocolText(bool isHttp2) => isHttp2 ? "h2" : "http/1.1";

    // What the service's name says by itself is left out, so that it reads back as the same.
    private static void WriteAuth(Utf8JsonWriter json, RouteConfig route)
    {
        var auth = route.Auth;
        if (auth.IsUsualOf(route.Service) || auth.Kind is AuthKind.Own)
        {
            return;
        }

        json.WriteStartObject("auth");
        json.WriteBoolean("required", auth.Kind is AuthKind.Key);
        WriteTexts(json, "scopes", auth.ReadScopes);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, RouteTimes times)
    {
        json.WriteStartObject("timeout");
        json.WriteString("connect", TimeText.Format(times.Limits.Connect));
        json.WriteString("first_byte", TimeText.Format(times.Limits.FirstByte));
        json.WriteString("idle", TimeText.Format(times.Limits.Idle));
        if (times.IsTotalSet)
        {
            json.WriteString("total", TimeText.Format(times.Total));
        }

        json.WriteEndObject();
    }

    private static IEnumerable<string> Causes(RetryCause on)
    {
        (RetryCause Cause, string Text)[] all =
        [
            (RetryCause.Connect, "connect"), (RetryCause.BadGateway, "502"), (RetryCause.Unavailable, "503"),
            (RetryCause.Timeout, "504"),
        ];
        return all.Where(c => on.HasFlag(c.Cause)).Select(c => c.Text);
    }

    private static string Text(LimitSubject by) => by switch
    {
        LimitSubject.Key => "key",
        LimitSubject.Address => "address",
        _ => "route",
    };

    private static string Text(PickPolicy pick) => pick switch
    {
        PickPolicy.TwoChoices => "two-choices",
        PickPolicy.RoundRobin => "round-robin",
        _ => "sticky",
    };

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
