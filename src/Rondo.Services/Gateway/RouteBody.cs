using System.Buffers;
using System.Net;
using System.Text.Json;
using Rondo.Services.Auth;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>Reads a route from JSON, strictly: what is not understood is refused, not passed over.</summary>
internal static class RouteBody
{
    public const int LongestId = 63;

    private static readonly SearchValues<char> MethodCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

    private static readonly string[] Members =
    [
        "match", "service", "rewrite", "auth", "retry", "timeout", "limit", "max_body", "priority", "encoded", "protocol",
        "pick",
    ];

    /// <param name="id">What it is called.</param>
    /// <param name="source">Who wants it.</param>
    /// <param name="body">What was written.</param>
    /// <exception cref="RouteFault">Something in it cannot be taken.</exception>
    public static RouteConfig Parse(string id, RouteSource source, JsonElement body)
    {
        if (!ServiceName.IsName(id))
        {
            throw new RouteFault("", $"An id has 1 to {LongestId} characters of a-z, 0-9 and, within, '-'.");
        }

        var root = new BodyNode(body, "", Members);
        var match = root.Child("match", "host", "path", "methods")
            ?? throw root.Fault("match", "A route says what it is about, as in {\"path\":\"/weather/**\"}.");
        var service = root.Text("service") ?? throw root.Fault("service", "A route names a service.");
        if (!ServiceName.IsName(service))
        {
            throw root.Fault("service", "This is the name of a service: a-z, 0-9 and, within, '-'.");
        }

        var path = Path(match);
        var rewrite = root.Child("rewrite", "strip", "pass_host");
        return new RouteConfig
        {
            Id = id,
            Source = source,
            Host = Host(match),
            Path = path,
            Methods = Methods(match),
            Service = service,
            Strip = rewrite is null ? "" : Strip(rewrite, path),
            PassesHost = rewrite?.Flag("pass_host") ?? true,
            Auth = Auth(root.Child("auth", "required", "scopes"), service),
            Retry = Retry(root.Child("retry", "attempts", "on")),
            Times = Times(root.Child("timeout", "connect", "first_byte", "idle", "total")),
            Limit = Limit(root.Child("limit", "rate", "burst", "by")),
            MaxBody = Size(root),
            Priority = root.Number("priority", -1000, 1000) ?? 0,
            AllowsEncoded = root.Text("encoded") switch
            {
                null or "refuse" => false,
                "forward" => true,
                _ => throw root.Fault("encoded", "This is refuse or forward."),
            },
            IsHttp2 = root.Text("protocol") switch
            {
                null or "http/1.1" => false,
                "h2" => true,
                _ => throw root.Fault("protocol", "This is http/1.1 or h2."),
            },
            Pick = root.Text("pick") switch
            {
                null or "two-choices" => PickPolicy.TwoChoices,
                "round-robin" => PickPolicy.RoundRobin,
                "sticky" => PickPolicy.Sticky,
                _ => throw root.Fault("pick", "This is two-choices, round-robin or sticky."),
            },
        };
    }

    private static string Host(BodyNode match)
    {
        var text = match.Text("host") ?? RouteConfig.AnyHost;
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return text == RouteConfig.AnyHost
            || (name.Length is > 0 and <= 253 && name.Split('.').All(ServiceName.IsName))
            || (IPAddress.TryParse(text.Trim('[', ']'), out _) && !text.Contains('%'))
            ? text
            : throw match.Fault(
                "host", "This is a host in small letters without a port, '*', or '*.example.org' for all below.");
    }

    private static PathPattern Path(BodyNode match)
    {
        var text = match.Text("path") ?? throw match.Fault("path", "A route has a path, such as /weather/**.");
        var (pattern, mistake) = PathPattern.Parse(text);
        return pattern is null ? throw match.Fault("path", mistake!)
            : pattern.Text == "/" ? throw match.Fault("path", "'/' belongs to Rondo.")
            : pattern;
    }

    private static IReadOnlyList<string> Methods(BodyNode match)
    {
        var methods = match.Texts("methods") ?? [];
        for (var i = 0; i < methods.Count; i++)
        {
            if (methods[i].Length is 0 or > 32 || methods[i].AsSpan().ContainsAnyExcept(MethodCharacters)
                || methods[i] is "CONNECT" or "TRACE")
            {
                throw match.FaultAt("methods", i, "This is a method in capitals, and not CONNECT or TRACE.");
            }
        }

        return methods;
    }

    private static string Strip(BodyNode rewrite, PathPattern path)
    {
        var strip = rewrite.Text("strip") ?? "";
        var (pattern, _) = strip.Length == 0 ? (null, null) : PathPattern.Parse(strip + "/**");
        return strip.Length == 0 || (pattern is not null && pattern.Matches(path.Literal))
            ? strip
            : throw rewrite.Fault("strip", "This is how the route's path begins, without '/' at its end.");
    }

    private static RouteAuth Auth(BodyNode? auth, string service)
    {
        if (auth is null)
        {
            return RouteAuth.OfService(service);
        }

        var scopes = auth.Texts("scopes") ?? [];
        for (var i = 0; i < scopes.Count; i++)
        {
            if (scopes[i].StartsWith('!') || ScopeSet.Parse([scopes[i]]).Mistake is not null)
            {
                throw auth.FaultAt("scopes", i, "This is a scope such as weather:read.");
            }
        }

        return auth.Flag("required") ?? true ? new RouteAuth(AuthKind.Key, scopes, scopes)
            : scopes.Count == 0 ? RouteAuth.Public
            : throw auth.Fault("scopes", "Where no key is required there is none that could have a scope.");
    }

    private static RetryPlan Retry(BodyNode? retry)
    {
        if (retry is null)
        {
            return RetryPlan.Default;
        }

        var causes = retry.Texts("on");
        var on = causes is null ? RetryPlan.Default.On : RetryCause.None;
        for (var i = 0; i < causes?.Count; i++)
        {
            on |= causes[i] switch
            {
                "connect" => RetryCause.Connect,
                "502" => RetryCause.BadGateway,
                "503" => RetryCause.Unavailable,
                "504" => RetryCause.Timeout,
                _ => throw retry.FaultAt("on", i, "This is connect, 502, 503 or 504."),
            };
        }

        return new RetryPlan(
            retry.Number("attempts", 1, RetryPlan.MostAttempts) ?? RetryPlan.Default.Attempts, on);
    }

    private static RouteTimes Times(BodyNode? times)
    {
        var usual = RouteTimes.Default;
        return times is null ? usual : new RouteTimes(
            new ForwardLimits(
                times.Time("connect") ?? usual.Limits.Connect,
                times.Time("first_byte") ?? usual.Limits.FirstByte,
                times.Time("idle") ?? usual.Limits.Idle),
            times.Time("total") ?? usual.Total,
            times.Text("total") is not null);
    }

    private static RouteLimit? Limit(BodyNode? limit)
    {
        if (limit is null)
        {
            return null;
        }

        KeyRate rate;
        try
        {
            rate = KeyTexts.Rate(limit.Text("rate") ?? "");
        }
        catch (FormatException)
        {
            throw limit.Fault("rate", "This is so many requests in a time up to a day, such as 20/s or 100/30s.");
        }

        var by = limit.Text("by") switch
        {
            null or "key" => LimitSubject.Key,
            "address" => LimitSubject.Address,
            "route" => LimitSubject.Route,
            _ => throw limit.Fault("by", "This is key, address or route."),
        };
        return new RouteLimit(rate, limit.Number("burst", 1, 1_000_000) ?? rate.Limit, by);
    }

    private static long Size(BodyNode root) => root.Text("max_body") is not { } text
        ? RouteConfig.DefaultMaxBody
        : SizeText.Parse(text) ?? throw root.Fault("max_body", "This is a size such as 64kB, 10MB or 2GB.");
}
