namespace Rondo.Lab.Load.Tool;

/// <summary>What the user of <c>rondo load</c> has asked for.</summary>
internal sealed record LoadOptions(string Url)
{
    public int? Connections { get; init; }

    public int? MaxConnections { get; init; }

    public int? Threads { get; init; }

    public string? Duration { get; init; }

    public long? Requests { get; init; }

    public double? Rate { get; init; }

    public string Arrivals { get; init; } = "uniform";

    public string? Ramp { get; init; }

    public string? Think { get; init; }

    public string? Timeout { get; init; }

    public string Method { get; init; } = "GET";

    public IReadOnlyList<string> Headers { get; init; } = [];

    public string? Body { get; init; }

    public string? BodyFile { get; init; }

    public bool NoKeepAlive { get; init; }

    /// <summary>1.1 or 2.</summary>
    public string Http { get; init; } = "1.1";

    /// <summary>HTTP/2: requests at a time on each connection.</summary>
    public int? Streams { get; init; }

    /// <summary>Whether messages over WebSocket are the load, also with http or https as the scheme.</summary>
    public bool WebSocket { get; init; }

    public bool FanOut { get; init; }

    /// <summary>Fan-out: what each connection sends first.</summary>
    public string? FirstMessage { get; init; }

    public bool BinaryMessages { get; init; }

    public bool TlsInsecure { get; init; }

    public int? ExpectStatus { get; init; }

    public long? ExpectLength { get; init; }

    public string? ExpectSha { get; init; }

    public string Engine { get; init; } = "auto";

    public int Seed { get; init; } = 42;

    public string? Slo { get; init; }

    public string? Find { get; init; }

    public bool OwnsHost { get; init; }

    /// <summary>Whether to say how the run goes where there is no terminal, too.</summary>
    public bool Live { get; init; }

    /// <summary>Where to show how it goes, <c>:PORT</c>; null for nowhere.</summary>
    public string? Web { get; init; }

    /// <summary>Files to write, null for none; <c>-</c> is the output.</summary>
    public string? Json { get; init; }

    public string? Csv { get; init; }

    public string? Hdr { get; init; }

    public string? Html { get; init; }
}
