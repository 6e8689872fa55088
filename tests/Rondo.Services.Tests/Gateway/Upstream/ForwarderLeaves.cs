using System.Net;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>Our own client side, on the loops of the clients' connections.</summary>
public sealed class LoopForwarderTests : LoopForwarderContract
{
    internal override Task<ForwarderRig> StartAsync(Uri upstream) =>
        ForwarderRig.StartAsync(upstream, isOnLoops: true, _ => new LoopForwarder(TimeProvider.System));
}

/// <summary>The same where the server runs on the platform's sockets.</summary>
public sealed class LoopForwarderOnSocketsTests : LoopForwarderContract
{
    protected override bool IsAside => true;

    internal override Task<ForwarderRig> StartAsync(Uri upstream) =>
        ForwarderRig.StartAsync(upstream, isOnLoops: false, _ => new LoopForwarder(TimeProvider.System));
}

/// <summary>YARP with our guards, on loops.</summary>
public sealed class YarpForwarderTests : ForwarderContract
{
    protected override bool IsPlatforms => true;

    internal override Task<ForwarderRig> StartAsync(Uri upstream) => ForwarderRig.StartAsync(
        upstream, isOnLoops: true,
        s => new YarpForwarder(ForwarderRig.YarpOf(s), TimeProvider.System, HttpVersion.Version11));
}
