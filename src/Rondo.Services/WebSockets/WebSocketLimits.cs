namespace Rondo.Services.WebSockets;

/// <summary>What one WebSocket may cost.</summary>
internal sealed record WebSocketLimits
{
    /// <summary>Bytes of one frame's payload, and of a message of several; beyond it the answer is 1009.</summary>
    public int MostMessageBytes { get; init; } = 64 * 1024;

    /// <summary>Frames that wait for a slow reader; beyond it the session is closed.</summary>
    public int MostUnsent { get; init; } = 256;

    /// <summary>The code with which a slow reader is closed.</summary>
    public int TooSlow { get; init; } = 1008;

    /// <summary>How long the other side has to finish what it began to send.</summary>
    public TimeSpan HalfMessageTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how much silence the other side is asked whether it is there; after twice that it is gone.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the other side has to answer a close.</summary>
    public TimeSpan CloseTime { get; init; } = TimeSpan.FromSeconds(5);
}
