using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Pages;

public sealed class AssetEndpointsTests
{
    [Theory]
    [InlineData("rondo.css", "text/css; charset=utf-8", "src/Rondo.Services/Hosting/Pages/rondo.css")]
    [InlineData("rondo.svg", "image/svg+xml", "src/Rondo.Services/Hosting/Pages/rondo.svg")]
    public async Task Asset_Known_ComesOnceAndIsThenConfirmed(string name, string type, string source)
    {
        await using var server = await TestServer.StartAsync();

        var (first, body) = await server.GetAsync("/assets/" + name);
        var (second, nothing) = await server.GetAsync("/assets/" + name, "If-None-Match: " + first.Headers.ETag);

        Assert.Equal(type, first.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.Equal(Repository.Read(source), body);
        Assert.Equal((HttpStatusCode.NotModified, ""), (second.StatusCode, nothing));
    }

    [Theory]
    [InlineData("/assets/none.css")]
    [InlineData("/assets/..%2fopenapi.json")]
    [InlineData("/assets/openapi.json")]
    public async Task Asset_Unknown_Is404(string path)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("/problems/not-found", body);
    }
}
