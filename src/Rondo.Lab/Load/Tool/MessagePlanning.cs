using System.Text;
using System.Text.Unicode;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Tool;

/// <summary>What is different in a plan whose load is messages over WebSocket.</summary>
internal static class MessagePlanning
{
    private static readonly byte[] DefaultMessage = "hello"u8.ToArray();

    /// <exception cref="LoadException">The options do not go together.</exception>
    public static LoadPlan Complete(LoadPlan plan, LoadOptions options, TargetUrl target, byte[] body)
    {
        LoadPlanning.Require(options.Method == "GET", "--method is not for WebSocket: the protocol asks with GET");
        LoadPlanning.Require(options.ExpectStatus is null, "--expect-status is not for WebSocket: messages have none");
        LoadPlanning.Require(
            options.BinaryMessages || Utf8.IsValid(body), "a text message must be UTF-8; --ws-binary sends any bytes");
        var message = body.Length > 0 ? body : DefaultMessage;
        if (options.FanOut)
        {
            RequireFanOut(plan, options);
            message = MessageNumber.MakeRoom(message);
        }

        LoadPlanning.Require(options.FirstMessage is null || options.FanOut, "--ws-first is for --ws-fanout");

        var request = new RequestText("GET", "1.1", target);
        string[] headers =
        [
            .. options.Headers, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        ];
        foreach (var header in headers)
        {
            request.Add(header);
        }

        return plan with
        {
            Request = request.Build([])[..^RequestText.End.Length],
            IsWebSocket = true,
            Message = message,
            FirstMessage = options.FirstMessage is { } first ? Encoding.UTF8.GetBytes(first) : null,
            IsBinary = options.BinaryMessages,
            IsFanOut = options.FanOut,
        };
    }

    private static void RequireFanOut(LoadPlan plan, LoadOptions options)
    {
        LoadPlanning.Require(plan.Threads == 1, "--threads is not for --ws-fanout: one thread takes all deliveries");
        var isPlain = options.Ramp is null && options.Think is null && options.MaxConnections is null
            && options.ExpectLength is null && options.ExpectSha is null && !options.NoKeepAlive && options.Find is null;
        LoadPlanning.Require(
            isPlain,
            "--ramp, --think, --max-connections, --no-keepalive, --expect-length, --expect-sha and --find are not for "
                + "--ws-fanout");
    }
}
