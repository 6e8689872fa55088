using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Rondo.Services.Tests.Support;

/// <summary>Keys as a user makes them: over HTTP.</summary>
internal static class Keys
{
    public static string Bearer(string key) => "Authorization: Bearer " + key;

    /// <summary>Makes a key; its JSON, with the text as <c>key</c>.</summary>
    public static async Task<JsonNode> CreateAsync(this TestServer server, string admin, object settings)
    {
        var (response, body) = await server.SendAsync(
            "POST", "/auth/keys", JsonContent.Create(settings), Bearer(admin));
        Assert.True(response.StatusCode is HttpStatusCode.Created, body);
        return JsonNode.Parse(body)!;
    }

    public static string Text(this JsonNode made, string member = "key") => made[member]!.GetValue<string>();

    /// <summary>The status, and the problem's name or a dash.</summary>
    public static async Task<string> VerdictAsync(
        this TestServer server, string method, string path, string? body, params string[] headers)
    {
        using var content = body is null ? null : new StringContent(body, null, "application/json");
        var (response, answer) = await server.SendAsync(method, path, content, headers);
        var type = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? JsonNode.Parse(answer)!.Text("type").Replace("/problems/", "")
            : "-";
        return $"{(int)response.StatusCode} {type}";
    }
}
