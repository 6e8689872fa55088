using System.Reflection;

namespace Rondo.Benchmarks;

/// <summary>A server with one room, and how to be in it.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Path">Of its WebSocket.</param>
/// <param name="Greeting">What a connection has to say first; null for nothing.</param>
/// <param name="Message">Before and after what is said.</param>
/// <param name="Command">Starts it, given a port and a folder.</param>
internal sealed record ChatPeer(
    string Name, string Path, string? Greeting, (string Before, string After) Message, Func<int, string, string[]> Command)
{
    public const string Ours = "rondo up";
    public const string Stock = "stock Kestrel";

    private static readonly string s_python = System.IO.Path.Combine(AppContext.BaseDirectory, "python", "chat.py");

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<ChatPeer> All { get; } =
    [
        new(Ours, "/chat/ws", """{"type":"hello"}""", ("{\"type\":\"send\",\"text\":\"", "\"}"), (port, folder) =>
        [
            "env", "RONDO_Chat__MessagesPerSecond=100000", "RONDO_Chat__Burst=100000", "RONDO_Chat__Connections=20000",
            ServerProcess.Rondo, "up", "--offline", "--urls", $"http://127.0.0.1:{port}", "--data", folder,
        ]),
        Plain(Stock, port => ["dotnet", Assembly.GetExecutingAssembly().Location, "chat-room", $"{port}"]),
        Plain("Node, ws", port => ["node", "bench/peers/chat.mjs", $"{port}"]),
        Python("aiohttp"),
        Python("aiohttp-uvloop"),
        Python("websockets"),
        Python("websockets-uvloop"),
        Python("tornado"),
    ];

    private static ChatPeer Plain(string name, Func<int, string[]> command) =>
        new(name, "/", null, ("", ""), (port, _) => command(port));

    private static ChatPeer Python(string library) =>
        Plain(library, port => ["/usr/bin/python3", s_python, library, $"{port}"]);

    /// <summary>A message of so many bytes of text, with room for its number.</summary>
    public string Say(int bytes) => Message.Before + "{n}" + new string('x', bytes - 9) + Message.After;
}
