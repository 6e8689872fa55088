using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

public sealed class HomeTests
{
    [Theory]
    [InlineData("*/*", "text/plain; charset=utf-8", "Specify a service endpoint. Available: ['auth', 'chat', 'currency', 'noise', 'registry', 'weather']")]
    [InlineData(
        "application/json", "application/json",
        """[{"name":"auth","path":"/auth/.well-known/jwks.json"},{"name":"chat","path":"/chat/status"},{"name":"currency","path":"/currency/status"},{"name":"noise","path":"/noise/rooms"},{"name":"registry","path":"/registry/status"},{"name":"weather","path":"/forecast"}]""")]
    public async Task Home_ForPrograms_ListsTheServices(string accept, string type, string expected)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync("/", "Accept: " + accept);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, body);
    }

    [Fact]
    public async Task Home_ForBrowsers_IsAPageThatSaysHowOldTheRatesAre()
    {
        await using var server = await TestServer.StartAsync(
            "Date,USD\n2026-11-20,1.22\n", new ManualTime(TestServer.Friday.AddDays(30)));

        var (response, body) = await server.GetAsync("/", "Accept: text/html,application/xhtml+xml,*/*;q=0.8");

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("30 days ago</time> <span class=\"flag doubt\">out of date</span>", body);
        Assert.Contains("rates of 20 November, file", body);
        Assert.Matches("USD</abbr></dt>\\s*<dd>1.2200</dd>", body);
        Assert.Contains("<b>13&#176;</b>", body);
        Assert.Contains("invented, for trying out", body);
    }

    [Fact]
    public async Task Home_HostileHost_IsEscaped()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await RawHttp.SendAsync(
            server.Address,
            "GET / HTTP/1.1\r\nHost: <script>alert(1)</script>\r\nAccept: text/html\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain("<script>", answer.Body);
    }

    [Fact]
    public async Task Home_NothingAcceptable_Is406()
    {
        await using var server = await TestServer.StartAsync();

        var (refused, _) = await server.GetAsync("/", "Accept: image/png");
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
    }
}
