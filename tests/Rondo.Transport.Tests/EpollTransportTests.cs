using Rondo.Transport.Kestrel;
using Rondo.Transport.Tests.Contract;

namespace Rondo.Transport.Tests;

public sealed class EpollTransportTests : TransportContract
{
    protected override void Use(IWebHostBuilder builder) => builder.UseEventLoop();
}
