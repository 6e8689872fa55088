using Rondo.Transport.Native;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Contract;

namespace Rondo.Transport.Tests;

/// <summary>Sockets over the platform's, by select.</summary>
public sealed class PortableLoopSocketTests : LoopSocketContract
{
    private protected override LinuxCalls MakeCalls() => new PortableCalls();
}
