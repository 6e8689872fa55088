using System.Net;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Tests.Hosting.Tls;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("https://0.0.0.0:8443", "192.168.7.8", "192.168.7.8:8443")]
    [InlineData("https://[::]:8443", "192.168.7.8", "192.168.7.8:8443")]
    [InlineData("http://0.0.0.0:8080,https://10.0.0.5:8443", "192.168.7.8", "10.0.0.5:8443")]
    [InlineData("https://127.0.0.1:8443", "192.168.7.8", null)]
    [InlineData("https://localhost:8443", "192.168.7.8", null)]
    [InlineData("https://0.0.0.0:8443", null, null)]
    [InlineData("http://0.0.0.0:8080", "192.168.7.8", null)]
    public void Reached_AddressesListenedOn_IsWhatAPhoneReaches(string addresses, string? own, string? expected) =>
        Assert.Equal(expected, Named(own).Reached(addresses.Split(','), Uri.UriSchemeHttps));

    private static HostNames Named(string? own) => new([], [], own is null ? null : IPAddress.Parse(own));
}
