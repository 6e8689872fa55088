using Rondo.Runtime;

namespace Rondo.Transport.Sockets;

/// <summary>
/// Work on the poller or a descriptor's life, which must not run while another thread takes the loop over; it calls no
/// application code and does not block.
/// </summary>
internal sealed class LoopCode(Action action) : ILoopWork
{
    public void Run() => action();
}
