using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>A server with a gateway whose exchanges are scripted, and an administrator's key.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    private GatewayRig(TestServer server, ScriptedForwarder forwarder)
    {
        (Server, Forwarder, Admin) = (server, forwarder, server.CreateAdminKey());
        Registry = new RegistryCalls(server, Admin);
    }

    public TestServer Server { get; }

    public ScriptedForwarder Forwarder { get; }

    public string Admin { get; }

    public RegistryCalls Registry { get; }

    public string Key => Keys.Bearer(Admin);

    public static async Task<GatewayRig> StartAsync(
        string? settings = null, TimeProvider? time = null, LogCapture? logs = null, TestFolder? folder = null)
    {
        var forwarder = new ScriptedForwarder();
        var server = await TestServer.StartAsync(
            time: time, settings: settings, logs: logs, folder: folder,
            configure: services => services.AddSingleton<IForwarder>(forwarder));
        return new GatewayRig(server, forwarder);
    }

    /// <summary>A rig in which <c>printer</c> has so many instances, at 10.0.0.1 and on, and its usual route.</summary>
    public static async Task<GatewayRig> StartWithPrinterAsync(
        int instances = 1, string? settings = null, TimeProvider? time = null)
    {
        var rig = await StartAsync(settings, time);
        for (var i = 1; i <= instances; i++)
        {
            await rig.RegisterAsync("printer", $"p{i}", $"http://10.0.0.{i}:8080");
        }

        return rig;
    }

    public Task<string> RegisterAsync(string name, string id, string url, string? routes = null) =>
        Registry.RegisterAsync(name, id, $$""","ttl":"24h","routes":{{routes ?? $"[\"/{name}/**\"]"}}""", url);

    /// <summary>Puts a route; the answer's status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PutAsync(string id, string route)
    {
        var (response, body) = await Server.SendAsync(
            "PUT", "/gateway/routes/" + id, RegistryCalls.Json(route), Key);
        return (response.StatusCode, JsonNode.Parse(body)!);
    }

    /// <summary>Puts a route that must be taken.</summary>
    public async Task RouteAsync(string id, string route)
    {
        var (status, body) = await PutAsync(id, route);
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, body.ToJsonString());
    }

    public async Task<JsonNode> ExplainAsync(object request)
    {
        var (response, body) = await Server.SendAsync("POST", "/gateway/explain", JsonContent.Create(request), Key);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }

    public async Task<JsonNode> StatusAsync() =>
        JsonNode.Parse((await Server.GetAsync("/gateway/status", Key)).Body)!;

    /// <summary>What the gateway says of the instances of a service.</summary>
    public async Task<JsonNode> StatusOfAsync(string service) =>
        (await StatusAsync())["services"]!.AsArray().Single(s => s!.Text("name") == service)!;

    /// <summary>The only exchange there was.</summary>
    public ForwardRequest Only() => Assert.Single(Forwarder.Sent);

    public static string Seconds(HttpResponseMessage response) =>
        response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

internal static class SentFields
{
    /// <summary>The value of a field as it would be sent; null without it.</summary>
    public static string? Field(this ForwardRequest request, string name) => request.Headers
        .Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(h => h.Value.ToString())
        .SingleOrDefault();
}

internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task InTimeAsync(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> InTimeAsync<T>(this Task<T> task) =>
        task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
