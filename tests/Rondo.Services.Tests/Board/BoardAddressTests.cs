using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Board;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Tests.Board;

public sealed class BoardAddressTests
{
    [Theory]
    [InlineData("hall.example:8080", "http://0.0.0.0:8080", "http://hall.example:8080/")]
    [InlineData("192.168.1.7:8080", "http://0.0.0.0:8080", "http://192.168.1.7:8080/")]
    [InlineData("localhost:8080", "http://127.0.0.1:8080", null)]
    [InlineData("127.0.0.1:8080", "http://0.0.0.0:8080", "http://192.168.7.8:8080/")]
    [InlineData("[::1]:8080", "http://0.0.0.0:8080,https://0.0.0.0:8443", "https://192.168.7.8:8443/")]
    [InlineData("desk.localhost:8080", "http://10.0.0.5:8080,https://127.0.0.1:8443", "http://10.0.0.5:8080/")]
    public void ForPhones_HostAndAddressesListenedOn_IsWhatAPhoneReaches(
        string host, string listening, string? expected)
    {
        using var server = new Listening(listening.Split(','));
        var context = new DefaultHttpContext { Request = { Scheme = "http", Host = new HostString(host) } };

        var address = new BoardAddress(server, () => new HostNames([], [], IPAddress.Parse("192.168.7.8")));

        Assert.Equal(expected, address.ForPhones(context));
    }

    private sealed class Listening : IServer
    {
        public Listening(IEnumerable<string> addresses)
        {
            var feature = new ServerAddressesFeature();
            addresses.ToList().ForEach(feature.Addresses.Add);
            Features.Set<IServerAddressesFeature>(feature);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => throw new NotSupportedException();

        public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
