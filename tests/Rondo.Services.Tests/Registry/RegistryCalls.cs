using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>The registry's requests, as a client with a key makes them.</summary>
internal sealed class RegistryCalls(TestServer server, string key)
{
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static string Path(string name, string id) => $"/registry/services/{name}/instances/{id}";

    /// <summary>Registers; gives the lease's token.</summary>
    public async Task<string> RegisterAsync(
        string name, string id, string more = "", string url = "http://10.0.0.5:8080")
    {
        var (response, body) = await server.SendAsync(
            "PUT", Path(name, id), Json($$"""{"url":"{{url}}"{{more}}}"""), "X-API-Key: " + key);
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!["lease_token"]!.GetValue<string>();
    }

    public Task<(HttpResponseMessage Response, string Body)> HoldAsync(
        string method, string name, string id, string what, string token, string? body = null) =>
        server.SendAsync(
            method, Path(name, id) + what, body is null ? null : Json(body), "Authorization: Lease " + token);

    public async Task<JsonNode> ServiceAsync(string name, string query = "")
    {
        var (_, body) = await server.GetAsync($"/registry/services/{name}{query}");
        return JsonNode.Parse(body)!;
    }

    /// <summary>The newest change; Rondo's own services have made some.</summary>
    public async Task<long> IndexAsync()
    {
        var (response, _) = await server.GetAsync("/registry/services");
        return long.Parse(response.Headers.GetValues("X-Registry-Index").Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>Asks until an instance is in a state.</summary>
    public async Task UntilAsync(string name, string id, string state)
    {
        for (var index = 0L; ;)
        {
            var service = await ServiceAsync(name, $"?all=1&wait=20s&index={index}");
            var found = service["instances"]!.AsArray().SingleOrDefault(i => i!["id"]!.GetValue<string>() == id);
            if (found?["state"]!.GetValue<string>() == state)
            {
                return;
            }

            Assert.NotEqual(index, service["index"]!.GetValue<long>());
            index = service["index"]!.GetValue<long>();
        }
    }
}
