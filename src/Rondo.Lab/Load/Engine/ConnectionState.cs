namespace Rondo.Lab.Load.Engine;

/// <summary>What a connection of a load thread is doing.</summary>
internal enum ConnectionState
{
    Closed,
    Connecting,
    Idle,
    Sending,
    Receiving,
}
