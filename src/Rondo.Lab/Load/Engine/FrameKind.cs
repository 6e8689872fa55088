namespace Rondo.Lab.Load.Engine;

/// <summary>Opcodes of WebSocket frames (RFC 6455, 5.2).</summary>
internal enum FrameKind
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}
