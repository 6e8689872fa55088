using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

public sealed class EventLoopWebHostExtensionsTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task UseEventLoop_OnASystem_TakesWhatThereIsAndWarnsWithoutLoops(bool isLinux, int warnings)
    {
        await using var server = await TestServer.StartAsync(
            host => EventLoopWebHostExtensions.UseEventLoop(host, configure: null, isLinux),
            context => context.Response.WriteAsync("here"));
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };

        Assert.Equal("here", await client.GetStringAsync(server.Url, TestContext.Current.CancellationToken));
        Assert.Equal(
            isLinux,
            server.Services.GetServices<IConnectionListenerFactory>().Last() is LoopTransportFactory);
        Assert.Equal(
            warnings,
            server.Log.At(LogLevel.Warning).Count(l => l.Contains("need Linux", StringComparison.Ordinal)));
    }
}
