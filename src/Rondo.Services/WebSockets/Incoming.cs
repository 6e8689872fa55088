namespace Rondo.Services.WebSockets;

internal enum IncomingKind
{
    /// <summary>Nothing whole is there yet.</summary>
    Nothing,
    Text,
    Binary,
    Ping,
    Pong,
    Close,

    /// <summary>The other side broke the protocol or a limit; <see cref="Incoming.Code"/> says how.</summary>
    Fault,
}

/// <summary>What came over a WebSocket.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Data">The payload; valid until the decoder is asked again.</param>
/// <param name="Code">Of a close or a fault: the status code (RFC 6455 section 7.4).</param>
/// <param name="Reason">Of a fault: for people.</param>
internal readonly record struct Incoming(
    IncomingKind Kind, ReadOnlyMemory<byte> Data = default, int Code = 0, string Reason = "");
