using System.Text;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>The talks' auth server, as it was observed; and its key, which everybody knows.</summary>
public sealed class WorkshopTests
{
    private static readonly ServerOptions Demo = new() { Offline = true, Demo = true };

    [Theory]
    [InlineData("?key=supersecret", null, "1")]
    [InlineData("?key=%20supersecret%20", null, "1")]
    [InlineData("?key=wrong&key=supersecret", null, "1")]
    [InlineData("?key=supersecret&key=wrong", null, "0")]
    [InlineData("?key=Supersecret", null, "0")]
    [InlineData("?key=%00supersecret", null, "1")]
    [InlineData("?key=", null, "0")]
    [InlineData("", null, "0")]
    [InlineData("", "key=supersecret", "1")]
    [InlineData("?key=wrong", "key=supersecret", "1")]
    [InlineData("?key=supersecret", "key=wrong", "0")]
    [InlineData("?key=supersecret", "other=1", "1")]
    public async Task Auth_AsTheTalksServer_IsAlways200(string query, string? form, string expected)
    {
        await using var server = await TestServer.StartAsync(options: Demo);

        var (response, body) = form is null
            ? await server.GetAsync("/workshop/auth" + query)
            : await server.SendAsync("POST", "/workshop/auth" + query, new StringContent(
                form, Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal((200, expected), ((int)response.StatusCode, body));
        Assert.Equal("text/html; charset=UTF-8", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Auth_Put_Is405AndWithoutDemoThereIsNothing()
    {
        await using var demo = await TestServer.StartAsync(options: Demo);
        await using var plain = await TestServer.StartAsync();
        await using var off = await TestServer.StartAsync(options: Demo, settings: """{"Auth": {"Workshop": false}}""");

        Assert.Equal("405 method-not-allowed", await demo.VerdictAsync("PUT", "/workshop/auth?key=supersecret", null));
        Assert.Equal("404 not-found", await plain.VerdictAsync("GET", "/workshop/auth?key=supersecret", null));
        Assert.Equal("404 not-found", await off.VerdictAsync("GET", "/workshop/auth?key=supersecret", null));
    }

    [Fact]
    public async Task DemoKey_CountsInTheDemoAloneAndForItsScopes()
    {
        await using var demo = await TestServer.StartAsync(options: Demo);
        await using var plain = await TestServer.StartAsync();
        var key = Keys.Bearer("supersecret");

        Assert.Equal("200 -", await demo.VerdictAsync("POST", "/auth/check", """{"scope":"weather:read"}""", key));
        Assert.Equal("403 insufficient-scope", await demo.VerdictAsync("GET", "/auth/keys", null, key));
        Assert.Equal("401 invalid-credential", await plain.VerdictAsync("POST", "/auth/check", null, key));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.168.1.7:0")]
    public void Demo_OnOtherAddresses_IsRefused(string urls)
    {
        using var folder = new TestFolder();

        var refused = Assert.Throws<StartException>(() => RondoServer.Build(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Demo = true, Urls = urls }));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }
}
