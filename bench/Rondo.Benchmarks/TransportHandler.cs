namespace Rondo.Benchmarks;

/// <summary>What the servers are asked for.</summary>
internal sealed record TransportHandler(string Name, string Path)
{
    public static readonly TransportHandler Constant = new("constant", "/");
    public static readonly TransportHandler Convert = new("/convert/GBP/100", "/convert/GBP/100");
    public static readonly TransportHandler Chunked = new("constant, chunked", "/chunked");
}

/// <summary>One row of the table.</summary>
internal sealed record TransportRow(TransportHandler Handler, int Connections)
{
    /// <summary>
    /// How much of another server's processor time ours may take here; null where nothing is aimed at.
    /// </summary>
    public double? Target(string ours, string other) => (ours, other, Connections) switch
    {
        _ when Handler == TransportHandler.Chunked => null,
        (TransportServer.Loop, TransportServer.Stock, 1) => 0.80,
        (TransportServer.Loop, TransportServer.Stock, <= 256) => 0.60,
        (TransportServer.Loop, TransportServer.Stock, _) => Handler == TransportHandler.Constant ? 0.70 : 0.78,
        (TransportServer.Loop, TransportServer.Inline, 1) => 1.15,
        (TransportServer.Loop, TransportServer.Inline, 16) => 1.0,
        (TransportServer.Loop, TransportServer.Inline, _) => 0.95,
        (TransportServer.Loop, TransportServer.Limit, >= 16 and <= 256) => 1.15,
        (TransportServer.Loop, TransportServer.Limit, > 256) => Handler == TransportHandler.Constant ? 1.4 : 1.9,
        _ => null,
    };
}
