using Rondo.Transport.Tests.Contract;

namespace Rondo.Transport.Tests;

public sealed class SocketsTransportTests : TransportContract
{
    protected override void Use(IWebHostBuilder builder) => builder.UseSockets();
}
