using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Export_CollectorConfigured_GetsMetricsAndTraces()
    {
        var received = new ConcurrentDictionary<string, byte[]>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received[$"{context.Request.Method} {context.Request.Path} {context.Request.ContentType}"] = body.ToArray();
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        var settings = $$$"""{"Telemetry":{"OtlpEndpoint":"{{{collector.Addresses()[0]}}}/"}}""";

        await using (var server = await TestServer.StartAsync(settings: settings))
        {
            await server.GetAsync("/convert/GBP/100");
            await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        var metrics = Assert.Contains(
            "POST /v1/metrics application/x-protobuf",
            (IReadOnlyDictionary<string, byte[]>)received);
        var traces = Assert.Contains(
            "POST /v1/traces application/x-protobuf",
            (IReadOnlyDictionary<string, byte[]>)received);
        Assert.All(
            ["rondo", "rondo.currency.rates.age", "http.server.request.duration"],
            name => Assert.True(Holds(metrics, name), name));
        Assert.True(Holds(traces, "Microsoft.AspNetCore.Hosting.HttpRequestIn"));
        await collector.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("""{"Telemetry":{"OtlpEndpoint":"collector:4318"}}""", "OtlpEndpoint")]
    [InlineData("""{"Telemetry":{"OtlpEndpoint":"http://127.0.0.1:1","IntervalSeconds":0}}""", "IntervalSeconds")]
    [InlineData("""{"Telemetry":{"OtlpEndpoint":"http://127.0.0.1:1","IntervalSeconds":"often"}}""", "IntervalSeconds")]
    public async Task Export_SettingsUnusable_RefusesToStartAndSaysWhy(string settings, string named)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => TestServer.StartAsync(settings: settings));

        Assert.Contains(named, refused.Message);
    }

    private static bool Holds(byte[] body, string text) =>
        body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}
