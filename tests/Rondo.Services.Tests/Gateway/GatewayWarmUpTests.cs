using Rondo.Services.Gateway;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>What is done before the first request.</summary>
public sealed class GatewayWarmUpTests
{
    [Fact]
    public async Task Start_OfTheServer_CompilesAndSignsWithoutAFailure()
    {
        await using var server = await TestServer.StartAsync();

        var methods = await server.Services.GetRequiredService<GatewayWarmUp>().Finished.InTimeAsync();

        Assert.InRange(methods, 1_000, 100_000);
    }
}
