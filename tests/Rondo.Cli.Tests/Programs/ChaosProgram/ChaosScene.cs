namespace ChaosProgram;

/// <summary>What all clients of a round share.</summary>
internal sealed class ChaosScene(int port, ChatChecker checker) : IDisposable
{
    private long _end = long.MaxValue;
    private int _refusals;

    public const string Room = "/chat/rooms/lobby";

    public ChatChecker Checker => checker;

    /// <summary>For requests; each has its own limit, since a server that is gone does not always say so.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(30),
    };

    public Uri Socket { get; } = new($"ws://127.0.0.1:{port}/chat/ws");

    /// <summary>From now on nothing new is done; what waits is brought to its end.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>The room as a stream like any other.</summary>
    public Uri StreamSocket { get; } = new($"ws://127.0.0.1:{port}{Room}/events");

    /// <summary>Nobody waits for an answer any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>The number of the room's last event, once it is known.</summary>
    public long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>Answers that the disk is full.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    public void CountRefusal() => Interlocked.Increment(ref _refusals);

    public void Dispose() => Http.Dispose();
}
