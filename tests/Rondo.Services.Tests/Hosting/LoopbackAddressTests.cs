using Rondo.Services.Hosting;

namespace Rondo.Services.Tests.Hosting;

public sealed class LoopbackAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    [InlineData("http://0.0.0.0:80", "http://0.0.0.0:80")]
    [InlineData("https://0.0.0.0:8443", "https://0.0.0.0:8443;http://127.0.0.1:0")]
    [InlineData("http://192.0.2.1:80", "http://192.0.2.1:80;http://127.0.0.1:0")]
    [InlineData("http://unix:/run/rondo.sock", "http://unix:/run/rondo.sock;http://127.0.0.1:0")]
    [InlineData("nonsense", "nonsense")]
    public void Urls_GetAnAddressForThisMachineIfNoneIs(string urls, string expected) =>
        Assert.Equal(expected, LoopbackAddress.AddTo(urls));

    [Theory]
    [InlineData("http://[::]:81", "http://127.0.0.1:81/")]
    [InlineData("http://[::1]:81", "http://[::1]:81/")]
    [InlineData("https://127.0.0.1:81", null)]
    public void Address_IsOneThatThisMachineReaches(string listening, string? expected) =>
        Assert.Equal(expected, LoopbackAddress.Of([listening])?.AbsoluteUri);
}
