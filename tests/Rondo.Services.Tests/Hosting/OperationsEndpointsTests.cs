using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class OperationsEndpointsTests
{
    [Theory]
    [InlineData("/healthz", "ok")]
    [InlineData("/readyz", "ready")]
    public async Task Health_RatesHeld_IsGoodAndNotCached(string path, string expected)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, body);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Metrics_OnLoopback_NeedNoKey()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/metrics")).Response.StatusCode);
    }
}
