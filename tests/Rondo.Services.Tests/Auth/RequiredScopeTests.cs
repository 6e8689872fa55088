using System.Net;
using System.Text.Json;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class RequiredScopeTests
{
    [Fact]
    public async Task AdminRoute_NoKey_Is401ThatSaysWhatIsNeeded()
    {
        await using var server = await TestServer.StartAsync();
        server.CreateAdminKey();

        var (response, body) = await server.SendAsync("POST", "/currency/refresh");
        using var problem = JsonDocument.Parse(body);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer realm=\"rondo\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("/problems/missing-credential", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal("currency:admin", problem.RootElement.GetProperty("required").GetString());
    }

    [Theory]
    [InlineData("Authorization: Bearer wrong")]
    [InlineData("Authorization: Basic dXNlcjpwYXNz")]
    [InlineData("Authorization: Bearer")]
    [InlineData("X-API-Key: wrong")]
    public async Task AdminRoute_NoKeyOfOurs_Is401InvalidToken(string header)
    {
        await using var server = await TestServer.StartAsync();
        server.CreateAdminKey();

        var (response, body) = await server.SendAsync("POST", "/currency/refresh", null, header);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("/problems/invalid-credential", body);
    }

    [Fact]
    public async Task AdminRoute_KeyOfAnotherInstallation_Is401()
    {
        await using var server = await TestServer.StartAsync();
        server.CreateAdminKey();

        var (response, _) = await server.SendAsync(
            "POST", "/currency/refresh", null, "X-API-Key: " + ApiKey.Create().Text);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task AdminRoute_ValidKeyInEitherHeader_Passes()
    {
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();

        string[][] accepted =
        [
            ["Authorization: bearer " + key],
            ["X-API-Key: " + key],
            ["X-API-Key: " + key, "Authorization: Bearer " + key],
        ];
        foreach (var headers in accepted)
        {
            var (response, _) = await server.SendAsync("POST", "/currency/refresh", null, headers);
            Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        }
    }

    [Fact]
    public async Task AdminRoute_TwoDifferentKeys_Is400()
    {
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();

        var (response, body) = await server.SendAsync(
            "POST", "/currency/refresh", null, "Authorization: Bearer " + key, "X-API-Key: " + ApiKey.Create().Text);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("/problems/conflicting-credentials", body);
    }

    [Fact]
    public async Task AdminRoute_KeyWithoutTheScope_Is403AndDoesNotShowTheKey()
    {
        await using var server = await TestServer.StartAsync();
        server.CreateAdminKey();
        var (key, _) = server.Services.GetRequiredService<KeyStore>().Add(
            new KeySettings("reader", "", ScopeSet.Stored(["weather:read", "metrics:read"])), AuditActor.Terminal);
        var context = await CallAsync(server, "currency:admin", false, key);
        var other = await CallAsync(server, "metrics:read", false, key);

        Assert.Equal(403, context.Response.StatusCode);
        Assert.Equal(200, other.Response.StatusCode);
        context.Response.Body.Position = 0;
        var body = await new StreamReader(context.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("/problems/insufficient-scope", body);
        Assert.Contains(key.Prefix, body);
        Assert.DoesNotContain(key.Text, body);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("192.168.1.7", 401)]
    [InlineData("::ffff:192.168.1.7", 401)]
    public async Task OpenOnLoopback_OtherMachines_NeedTheKey(string address, int status)
    {
        await using var server = await TestServer.StartAsync();
        server.CreateAdminKey();

        var context = await CallAsync(server, "metrics:read", true, null, IPAddress.Parse(address));

        Assert.Equal(status, context.Response.StatusCode);
    }

    // The middleware alone: routes that need such scopes are few.
    private static async Task<DefaultHttpContext> CallAsync(
        TestServer server, string scope, bool openOnLoopback, ApiKey? key, IPAddress? address = null)
    {
        var middleware = new ScopeMiddleware(
            _ => Task.CompletedTask, server.Services.GetRequiredService<Credentials>());
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        context.Connection.RemoteIpAddress = address;
        var metadata = new EndpointMetadataCollection(new RequiredScope(scope, openOnLoopback));
        context.SetEndpoint(new Endpoint(null, metadata, "test"));
        if (key is not null)
        {
            context.Request.Headers["X-API-Key"] = key.Text;
        }

        await middleware.InvokeAsync(context);
        return context;
    }
}
