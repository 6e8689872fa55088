using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

public sealed class ConsulTests
{
    private static readonly string[] Expected =
    [
        "registered True",
        "passing at first 0",
        "passed True",
        "index went on True",
        "found p1 127.0.0.1 9100 ['colour'] [('service:p1', 'passing', 'all well')]",
        "catalog ['colour']",
        "instances ['p1']",
        "agent True True",
        "own services ['auth-local', 'chat-local', 'currency-local', 'noise-local', 'p1', 'registry-local', 'weather-local']",
        "maintenance True",
        "passing in maintenance 0",
        "back True",
        "failed True",
        "passing after failure 0",
        "unknown check False",
        "without a token denied",
        "deregistered True",
        "left False",
    ];

    [Fact]
    public async Task Python3Consul_Unmodified_RegistersPassesAndBlocks()
    {
        await using var server = await TestServer.StartAsync();
        var script = Repository.PathOf("tests/Rondo.Services.Tests/Registry/consul_client.py");
        var start = new ProcessStartInfo(
            "/usr/bin/python3",
            [script, server.Address.Port.ToString(CultureInfo.InvariantCulture), server.CreateAdminKey()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        var output = python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);

        Assert.Equal("", await error);
        Assert.Equal(Expected, (await output).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Ttl_RunOut_IsCriticalAndAPassBringsItBack()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var key = server.CreateAdminKey();
        await RegisterAsync(server, key, """{"Name":"printer","Port":9100,"Check":{"TTL":"10s","Status":"passing"}}""");
        Assert.Equal((200, "passing"), await HealthAsync(server, "printer"));

        var registry = server.Services.GetRequiredService<Services.Registry.ServiceRegistry>();
        var loop = server.Services.GetRequiredService<Services.Registry.RegistryLoop>();
        for (var i = 0; i < 22; i++)
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            await loop.AskAsync(async () =>
            {
                await registry.SweepAsync();
                return true;
            });
        }

        Assert.Equal((503, "critical"), await HealthAsync(server, "printer"));
        await server.SendAsync("PUT", "/v1/agent/check/pass/service:printer", null, "X-Consul-Token: " + key);
        Assert.Equal((200, "passing"), await HealthAsync(server, "printer"));
    }

    [Theory]
    [InlineData("""{"Port":9100}""", 400, "Missing service name")]
    [InlineData("""{"Name":"printer"}""", 400, "Missing service port")]
    [InlineData("""{"Name":"a b","Port":1}""", 400, "Invalid service name")]
    [InlineData("""{"Name":"printer","Port":9100,"Address":"169.254.169.254"}""", 400, "Invalid service address")]
    [InlineData("""{"Name":"printer","Port":9100,"Check":{"Args":["sh"]}}""", 400, "Check type must be")]
    [InlineData(
        """{"Name":"printer","Port":9100,"Check":{"HTTP":"http://10.1.1.1/","Interval":"10s"}}""", 400,
        "A check looks at the service itself")]
    [InlineData("""{"Name":"registry","Port":9100}""", 403, "Permission denied")]
    [InlineData("nonsense", 400, "Request decode failed")]
    public async Task Register_WhatCannotBe_IsRefusedInPlainText(string body, int status, string text)
    {
        await using var server = await TestServer.StartAsync();

        var (response, answer) = await server.SendAsync(
            "PUT", "/v1/agent/service/register", RegistryCalls.Json(body), "X-Consul-Token: " + server.CreateAdminKey());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(text, answer);
    }

    [Fact]
    public async Task Report_ByABrowserOrAnotherKey_IsDenied()
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, server.CreateAdminKey(), """{"Name":"printer","Port":9100,"Check":{"TTL":"10s"}}""");

        foreach (var header in new[] { "Sec-Fetch-Site: cross-site", "Origin: https://evil.example" })
        {
            var (denied, _) = await server.SendAsync("GET", "/v1/agent/service/deregister/printer", null, header);
            Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        }

        var (unknown, _) = await server.SendAsync(
            "PUT", "/v1/agent/check/pass/service:printer", null, "X-Consul-Token: nobody");
        Assert.Equal(HttpStatusCode.Forbidden, unknown.StatusCode);
        Assert.Equal((503, "critical"), await HealthAsync(server, "printer"));
        Assert.Equal((404, "ServiceName other Not Found"), await HealthAsync(server, "other"));
    }

    [Theory]
    [InlineData("index=-1", "Invalid index")]
    [InlineData("index=x", "Invalid index")]
    [InlineData("index=18446744073709551616", "Invalid index")]
    [InlineData("index=1&wait=soon", "Invalid wait time")]
    public async Task BlockingQuery_Misunderstood_IsRefused(string query, string text)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync("/v1/health/service/printer?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, text), (response.StatusCode, body));
    }

    private static async Task RegisterAsync(TestServer server, string key, string body)
    {
        var (response, answer) = await server.SendAsync(
            "PUT", "/v1/agent/service/register", RegistryCalls.Json(body), "X-Consul-Token: " + key);
        Assert.True(response.StatusCode is HttpStatusCode.OK, answer);
    }

    private static async Task<(int Status, string Text)> HealthAsync(TestServer server, string name)
    {
        var (response, text) = await server.GetAsync($"/v1/agent/health/service/name/{name}?format=text");
        return ((int)response.StatusCode, text);
    }
}
