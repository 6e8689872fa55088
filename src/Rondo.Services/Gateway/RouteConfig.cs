using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>A route as it was written.</summary>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record RouteConfig
{
    public const long DefaultMaxBody = 10 * 1024 * 1024;
    public const string AnyHost = "*";

    public required string Id { get; init; }

    public required RouteSource Source { get; init; }

    /// <summary>A name in lower case; <c>*</c> for any, <c>*.example.org</c> for any below.</summary>
    public string Host { get; init; } = AnyHost;

    public required PathPattern Path { get; init; }

    /// <summary>Empty for all. GET is HEAD, too.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Whose instances get the requests.</summary>
    public required string Service { get; init; }

    /// <summary>What is taken off the front of the path; empty for nothing.</summary>
    public string Strip { get; init; } = "";

    /// <summary>Whether the service sees the host that the client asked for, or its own.</summary>
    public bool PassesHost { get; init; } = true;

    public required RouteAuth Auth { get; init; }

    public RetryPlan Retry { get; init; } = RetryPlan.Default;

    public RouteTimes Times { get; init; } = RouteTimes.Default;

    public RouteLimit? Limit { get; init; }

    /// <summary>Bytes of a request's body. Default 10 MB.</summary>
    public long MaxBody { get; init; } = DefaultMaxBody;

    /// <summary>Of routes for the same host and path the highest comes first. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Whether paths with escaped delimiters are sent on as they are.</summary>
    public bool AllowsEncoded { get; init; }

    /// <summary>Whether its service speaks HTTP/2, whatever its instances say.</summary>
    public bool IsHttp2 { get; init; }

    public PickPolicy Pick { get; init; } = PickPolicy.TwoChoices;

    public bool Takes(string method)
    {
        if (Methods.Count == 0)
        {
            return true;
        }

        for (var i = 0; i < Methods.Count; i++)
        {
            if (Methods[i] == method || (HttpMethods.IsHead(method) && HttpMethods.IsGet(Methods[i])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether both are about some of the same requests, with nothing said about which comes first.</summary>
    public bool IsRivalOf(RouteConfig other) =>
        Id != other.Id && Path.Text == other.Path.Text && Host == other.Host && Priority == other.Priority
        && (Methods.Count == 0) == (other.Methods.Count == 0)
        && (Methods.Count == 0 || Methods.Any(other.Takes));

    /// <summary>Whether the host, in lower case and without a port, is one that the route is about.</summary>
    public bool IsFor(ReadOnlySpan<char> host) =>
        Host == AnyHost
        || (Host[0] == '*' ? host.EndsWith(Host.AsSpan(1)) && host.Length > Host.Length - 1 : host.SequenceEqual(Host));
}
