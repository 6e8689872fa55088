using Rondo.Transport.Native;
using Rondo.Transport.Tests.Contract;

namespace Rondo.Transport.Tests;

/// <summary>Sockets over epoll.</summary>
public sealed class EpollLoopSocketTests : LoopSocketContract
{
    private protected override LinuxCalls MakeCalls() => new();
}
