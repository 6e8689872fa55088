using System.Buffers;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class ProblemMiddlewareTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Trace-1.2_3")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task RequestId_Valid_IsEchoed(string id)
    {
        await using var server = await TestServer.StartAsync();

        var (good, _) = await server.GetAsync("/healthz", "X-Request-Id: " + id);
        var (_, problem) = await server.GetAsync("/nothing", "X-Request-Id: " + id);

        Assert.Equal(id, good.Headers.GetValues("X-Request-Id").Single());
        Assert.Contains($"\"request_id\":\"{id}\"", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("<script>")]
    [InlineData("a\tb")]
    [InlineData("%0d%0aSet-Cookie: x=1")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task RequestId_Invalid_IsReplaced(string id)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await RawHttp.GetAsync(server.Address, "/healthz", "X-Request-Id: " + id);

        Assert.Equal(200, answer.Status);
        Assert.NotEqual(id, answer.Headers["X-Request-Id"]);
        Assert.NotEmpty(answer.Headers["X-Request-Id"]);
    }

    [Fact]
    public async Task RequestId_SentTwice_IsReplaced()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await RawHttp.GetAsync(server.Address, "/healthz", "X-Request-Id: one", "X-Request-Id: two");

        Assert.DoesNotContain(answer.Headers["X-Request-Id"], new[] { "one", "two", "one, two" });
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: rondo\r\nX-Request-Id: a\r\n folded: b\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: rondo\r\nX-Request-Id: a\rX-Evil: b\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: rondo\r\nX-Request-Id: a\0b\r\nConnection: close\r\n\r\n")]
    public async Task Headers_WithLineBreaksInside_NeverReachTheAnswer(string request)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await RawHttp.SendAsync(server.Address, request);

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("X-Evil", answer.Headers.Keys);
    }

    [Fact]
    public async Task Failure_Inside_IsAProblemThatTellsNothingAndALogLineThatTellsAll()
    {
        using var logs = new LogCapture();
        var time = new BrokenTime();
        await using var server = await TestServer.StartAsync(time: time, logs: logs);
        time.IsBroken = true;

        var (response, body) = await server.GetAsync(
            "/currency/status?", "X-Request-Id: failing-1", "Origin: https://elsewhere.example");
        time.IsBroken = false;
        var line = await logs.WaitForAsync("failing-1");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret reason", body);
        Assert.Contains("\"request_id\":\"failing-1\"", body);
        Assert.Equal("failing-1", response.Headers.GetValues("X-Request-Id").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.StartsWith("Error", line);
        Assert.Contains("secret reason", line);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/currency/status")).Response.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failure_AfterPartOfTheAnswer_BreaksTheConnectionOff(bool isSent)
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.BodyWriter.Write("half an "u8);
            if (isSent)
            {
                await context.Response.BodyWriter.FlushAsync();
            }

            throw new InvalidOperationException("secret reason");
        });
        using var client = new HttpClient();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync(new Uri(server.Addresses()[0]), TestContext.Current.CancellationToken));

        Assert.DoesNotContain("secret reason", failure.ToString());
    }

    [Fact]
    public async Task Problem_Members_AreThoseOfTheStandardAndOurs()
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync("/convert/XXX/1");
        using var problem = JsonDocument.Parse(body);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            ["type", "title", "status", "detail", "instance", "message", "request_id", "currency"],
            problem.RootElement.EnumerateObject().Select(m => m.Name));
        Assert.Equal("/convert/XXX/1", problem.RootElement.GetProperty("instance").GetString());
        Assert.Equal(
            problem.RootElement.GetProperty("detail").GetString(),
            problem.RootElement.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("/nothing", 404)]
    [InlineData("/convert/XXX/1", 404)]
    [InlineData("/currency/refresh", 405)]
    public async Task Problem_OfAHead_HasNoBody(string path, int status)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await RawHttp.SendAsync(
            server.Address, $"HEAD {path} HTTP/1.1\r\nHost: rondo\r\nConnection: close\r\n\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Empty(answer.Body);
    }

    // The middleware before a route of the test's own.
    private static async Task<WebApplication> StartAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        app.Run(handler);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private sealed class BrokenTime : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() =>
            IsBroken ? throw new InvalidOperationException("secret reason") : TestServer.Friday;
    }
}
