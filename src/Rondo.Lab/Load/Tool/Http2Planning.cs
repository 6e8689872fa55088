using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Tool;

/// <summary>What is different in a plan for HTTP/2.</summary>
internal static class Http2Planning
{
    /// <summary>The name of its engine in reports.</summary>
    public const string Engine = "platform client";

    private const int MostStreams = 100;

    /// <exception cref="LoadException">The options do not go together.</exception>
    public static LoadPlan Complete(LoadPlan plan, LoadOptions options, TargetUrl target, byte[] body)
    {
        LoadPlanning.Require(
            !target.IsWebSocket && !options.WebSocket && !options.FanOut, "WebSocket is loaded over --http 1.1");
        LoadPlanning.Require(
            options.Engine == "auto" && plan.Threads == 1 && !options.NoKeepAlive,
            "--engine, --threads and --no-keepalive are not for --http 2: the platform's client drives it");
        LoadPlanning.Require(options.Streams is null or (>= 1 and <= MostStreams), "--streams must be 1 to 100");

        // Read as for HTTP/1.1, so that the same lines are refused.
        var lines = new RequestText(options.Method, "1.1", target);
        foreach (var header in options.Headers)
        {
            lines.Add(header);
        }

        return plan with
        {
            Request = body,
            Http2Method = options.Method,
            Http2Headers = [.. options.Headers, .. lines.Has("User-Agent") ? (string[])[] : ["User-Agent: rondo-load"]],
            Streams = options.Streams ?? 1,
            Engine = Engine,
        };
    }
}
