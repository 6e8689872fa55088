namespace Rondo.Lab.Load;

/// <summary>Everything that a run does, decided before it starts; the worker process receives it as JSON.</summary>
internal sealed record LoadPlan
{
    /// <summary>The target as the user wrote it.</summary>
    public required string Url { get; init; }

    /// <summary>Where to connect to: an IP address.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The name the server must prove by TLS; null for no TLS.</summary>
    public string? TlsHost { get; init; }

    /// <summary>Whether any certificate will do.</summary>
    public bool TlsInsecure { get; init; }

    /// <summary>
    /// The whole request, head and body, as base64 in the JSON; of WebSocket what asks for it, up to the key, which is
    /// another one for each connection.
    /// </summary>
    public required byte[] Request { get; init; }

    /// <summary>
    /// HTTP/2 over the platform's client: the method; <see cref="Request"/> is then the body alone. Null for others.
    /// </summary>
    public string? Http2Method { get; init; }

    /// <summary>HTTP/2: the header lines.</summary>
    public IReadOnlyList<string> Http2Headers { get; init; } = [];

    /// <summary>HTTP/2: how many requests at a time each connection has under way.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Whether messages over WebSocket are the load.</summary>
    public bool IsWebSocket { get; init; }

    /// <summary>WebSocket: the payload of every message.</summary>
    public byte[] Message { get; init; } = [];

    /// <summary>Fan-out: what each connection sends first, and waits for an answer to; null for nothing.</summary>
    public byte[]? FirstMessage { get; init; }

    /// <summary>WebSocket: whether messages are binary instead of text.</summary>
    public bool IsBinary { get; init; }

    /// <summary>WebSocket: whether one more connection sends, and <see cref="Connections"/> receive each message.</summary>
    public bool IsFanOut { get; init; }

    /// <summary>Whether the request is HEAD, whose response has no body.</summary>
    public bool IsHead { get; init; }

    public int Connections { get; init; } = 8;

    /// <summary>At a rate: how many connections there may be when all are busy; at least <see cref="Connections"/>.</summary>
    public int MaxConnections { get; init; }

    public int Threads { get; init; } = 1;

    /// <summary>How long to measure, in seconds, after <see cref="RampSeconds"/>.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>How many requests at most; null without a limit.</summary>
    public long? Requests { get; init; }

    /// <summary>Requests per second of an open load; null is a closed one.</summary>
    public double? Rate { get; init; }

    /// <summary>Whether an open load arrives at random (Poisson) instead of evenly.</summary>
    public bool IsPoisson { get; init; }

    /// <summary>Seconds in which the load grows to its full size; what starts in them is not measured.</summary>
    public double RampSeconds { get; init; }

    /// <summary>
    /// Closed load: seconds at full load before the measurement begins. If there are any, a request counts when it ends
    /// while it is measured, not when it starts: what was under way at the beginning makes up for what is at the end.
    /// </summary>
    public double SettleSeconds { get; init; }

    /// <summary>Closed load: seconds each connection waits between a response and its next request.</summary>
    public double ThinkSeconds { get; init; }

    /// <summary>After so many seconds a request has failed.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    public bool KeepAlive { get; init; } = true;

    /// <summary>The status that is right; null takes 200 to 399.</summary>
    public int? ExpectedStatus { get; init; }

    /// <summary>The length of every body; null takes any.</summary>
    public long? ExpectedLength { get; init; }

    /// <summary>The SHA-256 of every body in hexadecimal; null takes any.</summary>
    public string? ExpectedSha { get; init; }

    /// <summary>Whether every body has to be as long as the first.</summary>
    public bool ExpectsOneLength { get; init; }

    /// <summary>Whether responses with a wrong status or body count among the latencies, as wrk and ab have it.</summary>
    public bool RecordsWrong { get; init; }

    /// <summary>Whether time counts from the first byte sent, not from when the connection was free (wrk).</summary>
    public bool CountsFromSend { get; init; }

    /// <summary>Whether the time of a connection's first request begins with connecting (ab).</summary>
    public bool CountsConnecting { get; init; }

    /// <summary>What waits for the sockets: <c>epoll</c> or <c>portable</c>.</summary>
    public string Engine { get; init; } = "epoll";

    /// <summary>Seed of random arrivals.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Where to write the times of every request, as little-endian 64-bit numbers; null for nowhere.</summary>
    public string? RequestsFile { get; init; }

    /// <summary>Whether the load is HTTP/2.</summary>
    public bool IsHttp2 => Http2Method is not null;

    /// <summary>Whether a request counts when it ends, not when it starts.</summary>
    public bool CountsByEnd => SettleSeconds > 0 && !IsOpen;

    /// <summary>Whether arrivals follow a clock instead of the responses.</summary>
    public bool IsOpen => Rate is not null;
}
